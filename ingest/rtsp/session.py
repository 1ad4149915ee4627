"""A session with one camera, from connecting to TEARDOWN (RFC 2326)."""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Protocol

from ingest import refusals
from ingest.addresses import Target
from ingest.ports import Pace, SourceCounts, SourceError
from ingest.rtsp.connection import Connection, ConnectionLost
from ingest.rtsp.cutting import ReadRoom
from ingest.rtsp.dialogue import Dialogue, answer_to_camera
from ingest.rtsp.digest import Answers, Credentials
from ingest.rtsp.headers import DEFAULT_TIMEOUT_S, Chosen, session_of, transport_of
from ingest.rtsp.keepalive import KeepAlive
from ingest.rtsp.messages import Header, Request, Response
from ingest.rtsp.reorder import Reorder
from ingest.rtsp.sdp import Video, resolve, video_of
from ingest.rtsp.turns import EVERY_S, Turns
from ingest.rtsp.udp import UdpPair
from shared.clock import Clock
from shared.messages.ingest import CameraTransport

UNSUPPORTED_TRANSPORT = 461
_INVALID_RANGE = 457
_ANSWER_WITHIN_S = 10.0
_INTERLEAVED = "RTP/AVP/TCP;unicast;interleaved=0-1"
_HEADER_BYTES = 12
_QUIET_S = 0.25
"""Who says nothing for so long has said all of a description whose length he did not tell."""


_FROM_NOW: tuple[Header, ...] = (("Range", "npt=0.000-"),)


class Receiving(Protocol):
    """Who takes the packets of a session, as `Receiver` does."""

    @property
    def usual(self) -> bool: ...

    @property
    def ssrc(self) -> int | None: ...

    def arrived(self, ago_ns: int | None = None) -> None: ...

    def read(self) -> None: ...

    def packet(self, data: memoryview, start: int, end: int) -> None: ...

    def frames(self, data: memoryview, at: int, end: int, channel: int) -> int: ...

    def control(self, data: bytes) -> None: ...


class TransportRefused(Exception):
    """The camera does not send in the way it was asked to."""


class Stage(Enum):
    """How far a session is.

    Packets count from PLAYING on; those before the answer to PLAY may be of somebody else's session.
    """

    OPENING = auto()
    ASKED = auto()
    PLAYING = auto()
    OVER = auto()


class Session:
    """One camera's session. `ended` is called once, when it ends by itself after `play`."""

    def __init__(
        self,
        target: Target,
        credentials: Credentials,
        counts: SourceCounts,
        clock: Clock,
        cnonce: Callable[[], str],
        ended: Callable[[SourceError], None],
        answers: Answers | None = None,
        room: ReadRoom | None = None,
    ) -> None:
        self._target, self._counts, self._clock, self._ended = target, counts, clock, ended
        self._stage = Stage.OPENING
        self._receiver: Receiving | None = None
        self._channels = (0, 1)
        self._udp: UdpPair | None = None
        self._server_ports: tuple[int, int] | None = None
        self._reorder: Reorder | None = None
        self._connection = Connection(
            counts,
            arrived=self._arrived,
            taken=self._taken,
            frame=self._frame,
            answered=self._answered,
            asked=self._asked,
            ended=self._lost,
            room=room,
        )
        self._dialogue = Dialogue(self._connection, target, credentials, cnonce, answers)
        self._keepalive = KeepAlive()
        self._uri = self._base = self._aggregate = target.uri
        self.timeout_s = DEFAULT_TIMEOUT_S

    async def connect(self) -> None:
        """Raises OSError."""
        loop = asyncio.get_running_loop()
        # The checked address, never the name again: it may have changed its mind.
        await loop.create_connection(lambda: self._connection, self._target.ip, self._target.port)

    async def describe(self) -> Video:
        """What the camera sends. Raises SourceError, Moved, ClosedOnChallenge."""
        settling = asyncio.get_running_loop().create_task(self._settle_bodies())
        try:
            options = await self._dialogue.ask("OPTIONS", self._uri)
            self._keepalive.listed(options.header("public"))
            answer = await self._dialogue.must("DESCRIBE", self._uri, [("Accept", "application/sdp")])
        except ConnectionLost as error:
            raise refusals.unanswered(self._target.place, error.cause) from None
        finally:
            settling.cancel()
        video = video_of(answer.body.decode("utf-8", "replace"))
        if video is None:
            raise refusals.no_video(self._target.place)
        for told in (answer.header("content-base"), answer.header("content-location")):
            if told.lower().startswith("rtsp://") and not any(ord(character) <= 32 for character in told):
                self._base = told
                break
        self._aggregate = resolve(self._base, video.session_control)
        return video

    @property
    def by_udp(self) -> bool:
        return self._udp is not None

    async def set_up(
        self, video: Video, transport: CameraTransport, headers: Sequence[Header] = ()
    ) -> Chosen:
        """Set the video up, and nothing else. Raises SourceError, TransportRefused, OSError."""
        # Without a control of its own the only media is the session's (RFC 2326, section C.2).
        uri = resolve(self._base, video.control) if video.control else self._aggregate
        try:
            answer = await self._dialogue.ask(
                "SETUP", uri, [("Transport", await self._offer(transport)), *headers]
            )
            if answer.status == UNSUPPORTED_TRANSPORT:
                raise TransportRefused
            if not answer.ok:
                raise self._dialogue.failed("SETUP", answer.status)
        except ConnectionLost as error:
            raise refusals.unanswered(self._target.place, error.cause) from None
        self._dialogue.session, self.timeout_s = session_of(answer.header("session"))
        chosen = transport_of(answer.header("transport"))
        self._channels = chosen.channels or (0, 1)
        self._connection.know(self._channels)
        self._server_ports = self._target.sendable(chosen.server_ports)
        if chosen.tcp:
            self._close_udp()
        return chosen

    async def play(self, receiver: Receiving, opening: bytes, headers: Sequence[Header] = _FROM_NOW) -> None:
        """Let the pictures come, live unless the headers ask for others. `opening` is a first RTCP packet for
        firewalls. Raises SourceError."""
        self._receiver = receiver
        self._reorder = Reorder(receiver.packet, self._clock)
        if self._udp is not None:
            self._udp.aim(self._server_ports, opening)
        self._stage = Stage.ASKED
        try:
            answer = await self._dialogue.ask("PLAY", self._aggregate, list(headers))
            if answer.status == _INVALID_RANGE and headers is _FROM_NOW:
                answer = await self._dialogue.ask("PLAY", self._aggregate)
            if not answer.ok:
                raise self._dialogue.failed("PLAY", answer.status)
        except ConnectionLost as error:
            raise refusals.unanswered(self._target.place, error.cause) from None

    async def keep_alive(self) -> None:
        """Say that we are still there. Raises Refused where the camera no longer takes the password."""
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                answer = await self._dialogue.ask(self._keepalive.verb.value, self._aggregate)
        except TimeoutError:
            # A camera that answers nothing and sends on is left to: silence is noticed by its pictures.
            return
        except ConnectionLost:
            return
        self._keepalive.answered(answer)

    def send_control(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        if self._udp is not None:
            self._udp.send_control(packet)
        else:
            self._connection.send_frame(self._channels[1], packet)

    def close(self) -> None:
        """Let the camera go, without waiting."""
        if self._stage is Stage.PLAYING and self._dialogue.session:
            self._dialogue.tell("TEARDOWN", self._aggregate)
        self._stage = Stage.OVER
        self._close_udp()
        self._connection.close()

    def keep(self, pace: Pace, turns: Turns) -> None:
        """Read the camera at this pace where nothing speaks against it, else at once."""
        usual = self._receiver is not None and self._receiver.usual
        if pace is Pace.AT_ONCE or not usual or self.by_udp or self._stage is not Stage.PLAYING:
            self._connection.hurry()
        else:
            self._connection.calm(turns, EVERY_S[pace])

    @property
    def calm(self) -> bool:
        """Whether it is read by turns."""
        return self._connection.is_calm

    def catch_up(self) -> None:
        """Take what has come at once."""
        self._connection.catch_up()

    def hold(self, holding: bool) -> None:
        """Read nothing more of the camera while `holding`."""
        self._connection.hold(holding)

    def settle(self) -> None:
        """Let nothing wait for packets that do not come. Call it often."""
        if self._reorder is not None:
            self._reorder.settle()

    async def _settle_bodies(self) -> None:
        while True:
            await self._clock.sleep(_QUIET_S)
            self._connection.settle()

    async def _offer(self, transport: CameraTransport) -> str:
        """The Transport header of a request."""
        self._close_udp()
        if transport is CameraTransport.TCP:
            return _INTERLEAVED
        self._udp = await UdpPair.open(
            self._connection.local_address, self._target.ip, self._counts, self._datagram, self._report
        )
        return f"RTP/AVP;unicast;client_port={self._udp.port}-{self._udp.port + 1}"

    def _close_udp(self) -> None:
        if self._udp is not None:
            self._udp.close()
            self._udp = None

    def _datagram(self, data: bytes) -> None:
        receiver, reorder = self._receiver, self._reorder
        if receiver is None or reorder is None or self._stage not in (Stage.ASKED, Stage.PLAYING):
            # Our ports are this session's alone: pictures may overtake the answer to PLAY.
            self._counts.foreign += 1
            return
        receiver.arrived()
        sender = int.from_bytes(data[8:_HEADER_BYTES], "big")
        if len(data) < _HEADER_BYTES or receiver.ssrc not in (None, sender):
            # What is not of the stream has no place in its order.
            receiver.packet(memoryview(data), 0, len(data))
        else:
            reorder.take(data)

    def _report(self, data: bytes) -> None:
        if self._receiver is not None:
            self._receiver.arrived()
            self._receiver.control(data)

    def _arrived(self, ago_ns: int | None) -> None:
        if self._receiver is not None:
            self._receiver.arrived(ago_ns)

    def _taken(self) -> None:
        if self._receiver is not None:
            self._receiver.read()
            if not self._receiver.usual:
                self._connection.hurry()

    def _answered(self, answer: Response) -> None:
        if self._stage is Stage.ASKED and answer.ok:
            self._stage = Stage.PLAYING
            if self._receiver is not None:
                self._connection.give_media(self._receiver.frames, self._channels[0])

    def _frame(self, channel: int, data: memoryview, start: int, end: int) -> None:
        receiver = self._receiver
        if receiver is None or self._stage is not Stage.PLAYING:
            self._counts.foreign += 1
        elif channel == self._channels[0]:
            receiver.packet(data, start, end)
        elif channel != self._channels[1]:
            self._counts.foreign += 1
        elif end - start > 1 and 192 <= data[start + 1] <= 223:
            receiver.control(bytes(data[start:end]))
        else:
            # Media on the channel of reports is media all the same.
            receiver.packet(data, start, end)

    def _asked(self, asked: Request) -> tuple[int, str]:
        return answer_to_camera(asked, self._lost)

    def _lost(self, error: ConnectionLost) -> None:
        if self._stage is Stage.PLAYING:
            self._stage = Stage.OVER
            self._ended(refusals.lost(self._target.place, error.cause))
