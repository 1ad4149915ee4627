"""One RTSP connection over TCP: messages and interleaved packets (RFC 2326, section 10.12)."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from ingest.ports import SourceCounts
from ingest.rtsp.cutting import Cutting, Frames, Media, ReadRoom
from ingest.rtsp.messages import BadMessage, Header, Request, Response, request, response
from ingest.rtsp.rtp import DOLLAR
from ingest.rtsp.turns import Turn, Turns
from shared.causes import CLOSED_HERE, LINK_BROKE, NO_RTSP, PEER_ENDED
from shared.reasons import Cause

_MAX_GIVEN_UP = 16
_MAX_UNSENT_BYTES = 256 << 10


def _nothing() -> None:
    """Nobody asks to be told."""


class ConnectionLost(Exception):
    """The connection is of no more use; the cause says why, without addresses."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.text)
        self.cause = cause


class NotSpoken(ConnectionLost):
    """What came is not RTSP at all."""


class Asked(Protocol):
    """Answers requests that the camera makes; the status and its reason."""

    def __call__(self, asked: Request) -> tuple[int, str]: ...


class Connection(asyncio.BufferedProtocol):
    """One camera's connection: reads it at once or by turns, and asks.

    `frame` gets each packet as `Cutting` says, but for those that `give_media` sends elsewhere. `answered` is
    called with each response, before what follows is read; `arrived` before the packets of a read, with how
    long ago the last of them came where it is read by turns, and then `taken` behind them; `ended` once, at
    the end. All connections of a loop may share a `room`.
    """

    def __init__(
        self,
        counts: SourceCounts,
        *,
        arrived: Callable[[int | None], None],
        taken: Callable[[], None] = _nothing,
        frame: Frames,
        answered: Callable[[Response], None],
        asked: Asked,
        ended: Callable[[ConnectionLost], None],
        room: ReadRoom | None = None,
    ) -> None:
        self._cutting = Cutting(room or ReadRoom(), counts, frame, self._take)
        self._arrived, self._taken = arrived, taken
        self._turn: Turn | None = None
        self._answered, self._asked, self._ended = answered, asked, ended
        self._came, self._came_before = 0, -1
        self._transport: asyncio.Transport | None = None
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._given_up: deque[int] = deque(maxlen=_MAX_GIVEN_UP)
        self._error: ConnectionLost | None = None

    def know(self, channels: Iterable[int]) -> None:
        """Frames of these channels, 0 to 255, come too."""
        self._cutting.know(channels)

    def give_media(self, media: Media, channel: int = -1) -> None:
        """Offer packets to `media` first, as `Cutting` says, and tell it this channel."""
        self._cutting.media, self._cutting.media_channel = media, channel

    def settle(self) -> None:
        """Call it now and then: a body without a length ends when nothing comes from one call to the next."""
        quiet, self._came_before = self._came_before == self._came, self._came
        if quiet:
            self._settle()

    @property
    def local_address(self) -> str:
        """Our own IP address on this connection."""
        assert self._transport is not None, "not connected"
        return str(self._transport.get_extra_info("sockname")[0])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._cutting.place()

    def buffer_updated(self, nbytes: int) -> None:
        if self._error is None:
            self._arrived(None)
            self._cut(nbytes)

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def is_calm(self) -> bool:
        """Whether it is read by turns."""
        return self._turn is not None

    def calm(self, turns: Turns, every_s: float) -> None:
        """Be read by turns from now on; a session that ends meanwhile is noticed at the next one."""
        transport = self._transport
        if self._turn is not None:
            self._turn.keep(every_s)
        elif transport is not None and not transport.is_closing():
            transport.pause_reading()
            self._turn = turns.join(self, transport.get_extra_info("socket").fileno(), every_s)

    def hurry(self) -> None:
        """Be read at once again."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.leave()
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()

    def catch_up(self) -> None:
        """Take what has come at once, if it is read by turns."""
        if self._turn is not None:
            self._turn.read()

    def calm_read(self, nbytes: int, ago_ns: int) -> None:
        if self._error is None:
            self._arrived(ago_ns)
            self._cut(nbytes)
            self._taken()

    def calm_end(self, error: Exception | None) -> None:
        if error is None:
            self._settle()
        self._fail(ConnectionLost(LINK_BROKE if error else PEER_ENDED))

    def _cut(self, came: int) -> None:
        self._came += came
        try:
            self._cutting.cut(came)
        except BadMessage as error:
            self._fail(NotSpoken(Cause(NO_RTSP, str(error))))

    def _settle(self) -> None:
        """The camera seems to have said all it had to say."""
        if self._error is None:
            try:
                self._cutting.settle()
            except BadMessage as error:
                self._fail(NotSpoken(Cause(NO_RTSP, str(error))))

    def eof_received(self) -> bool:
        self._settle()
        self._fail(ConnectionLost(PEER_ENDED))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ConnectionLost(LINK_BROKE if exc else PEER_ENDED))

    async def ask(self, method: str, uri: str, headers: list[Header]) -> Response:
        """Send a request and return its response. Raises ConnectionLost."""
        if self._error is not None:
            raise self._error
        self._sequence += 1
        sequence = self._sequence
        waiting: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = waiting
        try:
            self._write(request(method, uri, [("CSeq", str(sequence)), *headers]))
            return await waiting
        except asyncio.CancelledError:
            self._given_up.append(sequence)
            raise
        finally:
            del self._waiting[sequence]

    def tell(self, method: str, uri: str, headers: list[Header]) -> None:
        """Send a request whose response nobody waits for."""
        self._sequence += 1
        self._given_up.append(self._sequence)
        self._write(request(method, uri, [("CSeq", str(self._sequence)), *headers]))

    def send_frame(self, channel: int, data: bytes) -> None:
        self._write(bytes((DOLLAR, channel)) + len(data).to_bytes(2, "big") + data)

    def hold(self, holding: bool) -> None:
        """Read nothing more while `holding`: the camera's packets then wait in the network."""
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if holding else self._transport.resume_reading)()

    def close(self) -> None:
        """Let the connection go, without waiting."""
        self._fail(ConnectionLost(CLOSED_HERE))
        if self._transport is not None:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            # It sends, and reads nothing of ours: its session would end unkept anyway.
            transport.abort()
            return
        transport.write(data)

    def _fail(self, error: ConnectionLost) -> None:
        if self._error is not None:
            return
        self._error, self._cutting.ended = error, True
        if self._turn is not None:
            self._turn.leave()
            self._turn = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)
        self._ended(error)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    def _take(self, message: Request | Response) -> None:
        if isinstance(message, Request):
            status, reason = self._asked(message)
            self._write(response(status, reason, [("CSeq", message.header("cseq") or "0")]))
            return
        text = message.header("cseq")
        number = int(text[:9]) if text.isascii() and text.isdigit() else None
        waiting = self._waiting.get(number) if number is not None else None
        if waiting is None and number not in self._given_up:
            # Some cameras leave the number out, or make one up; there is one request at a time.
            waiting = next(iter(self._waiting.values()), None)
        if waiting is not None and not waiting.done():
            # At once: packets that follow in the same read may depend on it.
            self._answered(message)
            waiting.set_result(message)
