"""Replays a recording of a camera's card over RTSP (ONVIF Streaming Specification, "Playback")."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress
from urllib.parse import urlsplit

from ingest import refusals
from ingest.addresses import RTSP_PORT, AddressRules, Target
from ingest.onvif.clock_text import clock_range
from ingest.onvif.refused import absent, astray, busy, no_replay, senseless
from ingest.onvif.replay_receiver import ReplayCounts, ReplayedPicture, ReplayReceiver
from ingest.ports import SourceCounts, SourceError, StreamInfo
from ingest.rtsp.depacketisers import depacketiser_of
from ingest.rtsp.dialogue import Moved
from ingest.rtsp.digest import Answers, Credentials
from ingest.rtsp.messages import Header
from ingest.rtsp.opener import info_of
from ingest.rtsp.redirects import follow
from ingest.rtsp.rtcp import receiver_report
from ingest.rtsp.session import Session, TransportRefused
from shared.clock import Clock
from shared.messages.ingest import CameraTransport
from shared.spans import Span

OPEN_TIMEOUT_S = 20.0
"""A card that is to be read may have to be woken."""

SILENCE_S = 10.0
_QUIET_SHARE, _ENDED_SHARE = 0.1, 0.2
"""Of that time: after so much a marked picture is taken for whole, or for the last one where it may be."""

HELD_BYTES = 8 << 20

_REQUIRE: Header = ("Require", "onvif-replay")
_BUSY, _INVALID_RANGE, _NOT_SUPPORTED = (453, 503), 457, 551


class Replay:
    """An open replay. `info` is what the camera says of the video, `clock_rate` that of its RTP times.

    Who takes the pictures sets `may_end` where what was taken may be all: many cameras then just stop.
    """

    def __init__(self, place: str, clock: Clock, *, silence_s: float) -> None:
        self._place, self._clock, self._silence_s = place, clock, silence_s
        self.counts = ReplayCounts()
        self.info = StreamInfo("")
        self.clock_rate = 90_000
        self._session: Session | None = None
        self._receiver: ReplayReceiver | None = None
        self._waiting: deque[ReplayedPicture] = deque()
        self._waiting_bytes = 0
        self._held = self._over = False
        self.may_end = False
        self._news = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    def begin(self, session: Session, receiver: ReplayReceiver, info: StreamInfo, clock_rate: int) -> None:
        """The session plays."""
        self._session, self._receiver, self.info, self.clock_rate = session, receiver, info, clock_rate
        self._keeping = asyncio.get_running_loop().create_task(self._keep(session))

    def give(self, picture: ReplayedPicture) -> None:
        """Queue a picture. Where HELD_BYTES wait, no more is read of the camera until half are taken."""
        self._waiting.append(picture)
        self._waiting_bytes += len(picture.data)
        self._news.set()
        if self._waiting_bytes > HELD_BYTES and self._session is not None and not self._held:
            self._held = True
            self._session.hold(True)

    def end(self) -> None:
        """Nothing more comes."""
        self._over = True
        self._news.set()

    async def pictures(self) -> AsyncGenerator[ReplayedPicture, None]:
        """All pictures in order, until the camera ends the replay or has been silent for too long."""
        quiet_s = 0.0
        while True:
            while self._waiting:
                quiet_s = 0.0
                yield self._take()
            receiver = self._receiver
            if receiver is not None and (self._over or (quiet_s and receiver.whole)):
                receiver.flush()
                if self._waiting:
                    continue
            if self._over or quiet_s >= (_ENDED_SHARE * self._silence_s if self.may_end else self._silence_s):
                return
            self._news.clear()
            try:
                async with asyncio.timeout(_QUIET_SHARE * self._silence_s):
                    await self._news.wait()
            except TimeoutError:
                quiet_s += _QUIET_SHARE * self._silence_s

    def close(self) -> None:
        """Let the camera go, without waiting."""
        if self._keeping is not None:
            self._keeping.cancel()
        if self._session is not None:
            self._session.close()
        self._waiting.clear()
        self.end()

    def _take(self) -> ReplayedPicture:
        picture = self._waiting.popleft()
        self._waiting_bytes -= len(picture.data)
        if self._held and self._waiting_bytes < HELD_BYTES // 2 and self._session is not None:
            self._held = False
            self._session.hold(False)
        return picture

    async def _keep(self, session: Session) -> None:
        with suppress(SourceError):
            while True:
                await self._clock.sleep(session.timeout_s / 2)
                await session.keep_alive()


class Replayer:
    """Opens replays. Everything raises SourceError."""

    def __init__(self, rules: AddressRules, clock: Clock, *, silence_s: float = SILENCE_S) -> None:
        self._rules, self._clock, self._silence_s = rules, clock, silence_s

    async def open(self, address: str, camera: Target, credentials: Credentials, span: Span) -> Replay:
        """Replay what is behind an address that the camera named, from and to times of its own clock.

        The address is led to the camera's own host, where the rules let it.
        """
        target = await self._rules.check(led_home(address, camera))
        if target.ip != camera.ip:
            raise astray(camera.place)
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                return await follow(
                    self._rules,
                    target,
                    credentials,
                    lambda to, known, answers: self._at(to, known, answers, span),
                )
        except TimeoutError:
            raise refusals.late(target.place, OPEN_TIMEOUT_S) from None

    async def _at(
        self, target: Target, credentials: Credentials, answers: Answers | None, span: Span
    ) -> Replay:
        replay = Replay(target.place, self._clock, silence_s=self._silence_s)
        session = Session(
            target,
            credentials,
            SourceCounts(),
            self._clock,
            lambda: secrets.token_hex(8),
            lambda _: replay.end(),
            answers,
        )
        try:
            await session.connect()
            video = await session.describe()
            depacketiser = depacketiser_of(video, target.place)
            # Packets that may be lost would be lost for good: there is no later picture to make up for them.
            await session.set_up(video, CameraTransport.TCP, [_REQUIRE])
            receiver = ReplayReceiver(
                video.payload_type, depacketiser, replay.give, replay.end, replay.counts
            )
            replay.begin(session, receiver, info_of(video), video.clock_rate)
            await session.play(receiver, receiver_report(secrets.randbits(32), None), _how(span))
        except BaseException as error:
            replay.close()
            session.close()
            raise _told(error, target.place) from None
        return replay


def led_home(address: str, camera: Target) -> str:
    """The path and port of an address on the camera's own host, whatever host it names; no credentials."""
    try:
        parts = urlsplit(address)
        port = parts.port or RTSP_PORT
    except ValueError:
        raise senseless(camera.place) from None
    if parts.scheme.lower() != "rtsp":
        raise senseless(camera.place)
    host = f"[{camera.ip}]" if ":" in camera.ip else camera.ip
    return f"rtsp://{host}:{port}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _how(span: Span) -> list[Header]:
    """From where to where, as fast as it comes, and at once, whatever was being replayed before."""
    return [
        _REQUIRE,
        ("Range", clock_range(span.start_ns, span.end_ns)),
        ("Rate-Control", "no"),
        ("Immediate", "yes"),
    ]


def _told(error: BaseException, place: str) -> BaseException:
    """What to raise instead of what the live client's session raises."""
    match error:
        case OSError():
            return refusals.unreachable(place, error.errno)
        case Moved():
            return senseless(place)
        case TransportRefused():
            return no_replay(place)
        case SourceError() if error.reason.code == "camera-answers":
            status = dict(error.reason.params).get("status")
            if status in _BUSY:
                return busy(place)
            if status == _INVALID_RANGE:
                return absent(place)
            return no_replay(place) if status == _NOT_SUPPORTED else error
    return error
