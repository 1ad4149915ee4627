"""One RTSP connection over TCP: messages and interleaved packets (RFC 2326, section 10.12)."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from ingest.ports import SourceCounts
from ingest.rtsp.messages import (
    MAX_HEAD_BYTES,
    BadMessage,
    Header,
    Request,
    Response,
    body_length,
    describes,
    head_end,
    parse,
    request,
    response,
    untold_length,
)
from ingest.rtsp.rtp import DOLLAR
from ingest.rtsp.turns import Turn, Turns
from shared.causes import CLOSED_HERE, LINK_BROKE, NO_RTSP, PEER_ENDED
from shared.reasons import Cause

_BUFFER_BYTES = 256 << 10
"""More than a camera of 2 Mb/s sends between two turns: one read is what a turn costs."""

_MAX_FRAME_BYTES = 4 + 0xFFFF
_MAX_JUNK_BYTES = 1 << 20
_USUAL_CHANNELS = 16
_MAX_GIVEN_UP = 16
_MAX_UNSENT_BYTES = 256 << 10
_WORDS = (
    b"RTSP/1.",
    *(verb + b" " for verb in (b"OPTIONS", b"ANNOUNCE", b"REDIRECT", b"TEARDOWN")),
    *(verb + b" " for verb in (b"GET_PARAMETER", b"SET_PARAMETER")),
)
"""How a message begins: a response, or a request that a camera makes."""

_STARTS = re.compile(b"|".join(re.escape(start) for start in (b"$", *_WORDS)))
_LONGEST = max(map(len, _WORDS))

Frames = Callable[[int, memoryview, int, int], None]
Media = Callable[[memoryview, int, int, int], int]


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
    """Cuts the bytes of one camera's connection into packets and messages, and hands each to its callback.

    `frame(channel, data, start, end)` gets each packet where it lies; its bytes are overwritten afterwards. A
    `$` begins a packet on the first channels only, and on those that `know` was told. The packets of
    `media_channel` go to `media(data, start, end, channel)` instead, where it is set: it takes those that lie
    one behind the other from `start` on, and returns where they end. `answered` is called with each response,
    before what follows is read; `arrived` before the packets of a read, with how long ago the last of them
    came where it is read by turns, and then `taken` behind them; `ended` once, at the end.
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
    ) -> None:
        self._counts, self._arrived, self._frame = counts, arrived, frame
        self._taken = taken
        self._turn: Turn | None = None
        self._answered, self._asked, self._ended = answered, asked, ended
        self.media: Media = _nowhere
        self.media_channel = -1
        self._channels = set(range(_USUAL_CHANNELS))
        self._quiet_end = -1
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._at = self._end = 0
        self._transport: asyncio.Transport | None = None
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._given_up: deque[int] = deque(maxlen=_MAX_GIVEN_UP)
        self._error: ConnectionLost | None = None
        self._spoken = False

    def know(self, channels: Iterable[int]) -> None:
        """Frames of these channels, 0 to 255, come too."""
        self._channels.update(channels)

    def settle(self) -> None:
        """Call it now and then: a body without a length ends when nothing comes from one call to the next."""
        quiet, self._quiet_end = self._quiet_end == self._end, self._end
        if quiet and self._error is None:
            self._read(quiet=True)

    @property
    def local_address(self) -> str:
        """Our own IP address on this connection."""
        assert self._transport is not None, "not connected"
        return str(self._transport.get_extra_info("sockname")[0])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        self._end += nbytes
        if self._error is not None:
            self._at = self._end = 0
            return
        self._arrived(None)
        self._read()

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

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

    def calm_read(self, nbytes: int, ago_ns: int) -> None:
        self._end += nbytes
        if self._error is not None:
            self._at = self._end = 0
            return
        self._arrived(ago_ns)
        self._read()
        self._taken()

    def calm_end(self, error: Exception | None) -> None:
        if error is None:
            self._read(quiet=True)
        self._fail(ConnectionLost(LINK_BROKE if error else PEER_ENDED))

    def _read(self, *, quiet: bool = False) -> None:
        """Give on what is whole; `quiet` is whether the camera seems to have said all it had to say."""
        try:
            self._parse(quiet)
        except BadMessage as error:
            self._fail(NotSpoken(Cause(NO_RTSP, str(error))))
        if self._at == self._end:
            self._at = self._end = 0
        elif _BUFFER_BYTES - self._end < _MAX_FRAME_BYTES and self._at:
            rest = self._end - self._at
            self._buffer[:rest] = self._view[self._at : self._end]
            self._at, self._end = 0, rest

    def eof_received(self) -> bool:
        self._read(quiet=True)
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
        self._error = error
        if self._turn is not None:
            self._turn.leave()
            self._turn = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)
        self._ended(error)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    def _parse(self, quiet: bool) -> None:
        """Give on all that is whole. Raises BadMessage where what came cannot be RTSP."""
        buffer, view, frame = self._buffer, self._view, self._frame
        media, channel = self.media, self.media_channel
        at, end = self._at, self._end
        while at < end and self._error is None:
            # Nearly everything is a packet of the media: straight to who takes it.
            at = media(view, at, end, channel)
            if at == end:
                break
            if buffer[at] == DOLLAR and (end - at < 2 or buffer[at + 1] in self._channels):
                if end - at < 4:
                    break
                stop = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
                if stop > end:
                    break
                frame(buffer[at + 1], view, at + 4, stop)
                at = stop
                continue
            taken = self._message(at, end, quiet)
            if not taken:
                break
            at += taken
            media, channel = self.media, self.media_channel
        self._at = at

    def _message(self, at: int, end: int, quiet: bool) -> int:
        """How many bytes the message or the junk at `at` takes, 0 while it is not all there."""
        buffer = self._buffer
        found = _STARTS.match(buffer, at, end)
        if found is None and _may_begin(buffer[at:end]):
            return 0
        if found is None or buffer[at] == DOLLAR:
            return self._junk(at, end)
        stop = head_end(buffer, at, end)
        if stop < 0:
            if end - at > MAX_HEAD_BYTES:
                raise BadMessage("headers without an end")
            return 0
        head = bytes(buffer[at:stop])
        size = body_length(head)
        if size is None:
            size = untold_length(bytes(buffer[stop:end]), quiet=quiet) if describes(head) else 0
        if size is None or stop + size > end:
            return 0
        self._spoken = True
        self._take(parse(head, bytes(buffer[stop : stop + size])))
        return stop + size - at

    def _junk(self, at: int, end: int) -> int:
        """Bytes that begin nothing, up to where something may begin; line ends between messages are none."""
        if not self._spoken and end - at >= 5 and not self._buffer[at : at + 2] == b"\r\n":
            raise BadMessage("it does not speak RTSP")
        found = _STARTS.search(self._buffer, at + 1, end)
        stop = found.start() if found else end
        if found is None:
            tails = range(max(at + 1, end - _LONGEST), end)
            stop = next((tail for tail in tails if _may_begin(self._buffer[tail:end])), end)
        if self._buffer[at:stop].strip(b"\r\n"):
            self._counts.junk_bytes += stop - at
        if self._counts.junk_bytes > _MAX_JUNK_BYTES:
            raise BadMessage("it sends what is no RTSP")
        return stop - at

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


def _nowhere(data: memoryview, start: int, end: int, channel: int) -> int:
    """Before a channel is the media's."""
    return start


def _may_begin(data: bytes | bytearray) -> bool:
    """Whether a message may begin with these bytes, the last ones that came."""
    return len(data) < _LONGEST and any(word.startswith(data) for word in _WORDS)
