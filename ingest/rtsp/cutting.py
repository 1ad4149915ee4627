"""The bytes of an RTSP connection, cut into interleaved packets and messages (RFC 2326, section 10.12)."""

import re
from collections.abc import Callable, Iterable

from ingest.ports import SourceCounts
from ingest.rtsp.messages import (
    MAX_HEAD_BYTES,
    BadMessage,
    Request,
    Response,
    body_length,
    describes,
    head_end,
    parse,
    untold_length,
)
from ingest.rtsp.rtp import DOLLAR

_ROOM_BYTES = 1 << 20
"""More than is granted between two turns: one read is what a turn costs, and a picture that is cut by its end
costs as much again. Of what is not filled no memory is taken."""

_MAX_JUNK_BYTES = 1 << 20
_USUAL_CHANNELS = 16
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


class ReadRoom:
    """Where the connections of a loop are read into, one behind the other: memory that stays in the cache.

    What one of them read is gone once another is read.
    """

    def __init__(self) -> None:
        self.bytes = bytearray(_ROOM_BYTES)
        self.view = memoryview(self.bytes)


class Cutting:
    """Cuts the bytes of one connection, and hands each packet and message to its callback.

    `frame(channel, data, start, end)` gets each packet where it lies; its bytes are overwritten afterwards. A
    `$` begins a packet on the first channels only, and on those that `know` was told. Packets are offered to
    `media(data, start, end, media_channel)` first: it takes those that are for it and lie one behind the
    other from `start` on, and returns where they end. Nothing is given on once it is `ended`.
    """

    def __init__(
        self,
        room: ReadRoom,
        counts: SourceCounts,
        frame: Frames,
        message: Callable[[Request | Response], None],
    ) -> None:
        self._room, self._counts, self._frame, self._give = room, counts, frame, message
        self.media: Media = _nowhere
        self.media_channel = -1
        self.ended = False
        self._channels = set(range(_USUAL_CHANNELS))
        self._spoken = False
        self._rest = b""

    def know(self, channels: Iterable[int]) -> None:
        """Frames of these channels, 0 to 255, come too."""
        self._channels.update(channels)

    def place(self) -> memoryview:
        """Where what comes next is to be read into, at once."""
        rest = self._rest
        if not rest:
            return self._room.view
        self._room.bytes[: len(rest)] = rest
        return self._room.view[len(rest) :]

    def cut(self, came: int) -> None:
        """Give on what is whole, with so many bytes that came to the `place`. Raises BadMessage where they
        cannot be RTSP."""
        self._cut(len(self._rest) + came, quiet=False)

    def settle(self) -> None:
        """The same where nothing more comes: the camera seems to have said all it had to say."""
        if self._rest:
            self.place()
            self._cut(len(self._rest), quiet=True)

    def _cut(self, end: int, *, quiet: bool) -> None:
        at = self._whole(end, quiet)
        self._rest = bytes(self._room.view[at:end]) if at < end else b""

    def _whole(self, end: int, quiet: bool) -> int:
        """Give on all that is whole; where that ends."""
        buffer, view, frame = self._room.bytes, self._room.view, self._frame
        media, channel, at = self.media, self.media_channel, 0
        while at < end and not self.ended:
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
        return at

    def _message(self, at: int, end: int, quiet: bool) -> int:
        """How many bytes the message or the junk at `at` takes, 0 while it is not all there."""
        buffer = self._room.bytes
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
        self._give(parse(head, bytes(buffer[stop : stop + size])))
        return stop + size - at

    def _junk(self, at: int, end: int) -> int:
        """Bytes that begin nothing, up to where something may begin; line ends between messages are none."""
        buffer = self._room.bytes
        if not self._spoken and end - at >= 5 and not buffer[at : at + 2] == b"\r\n":
            raise BadMessage("it does not speak RTSP")
        found = _STARTS.search(buffer, at + 1, end)
        stop = found.start() if found else end
        if found is None:
            tails = range(max(at + 1, end - _LONGEST), end)
            stop = next((tail for tail in tails if _may_begin(buffer[tail:end])), end)
        if buffer[at:stop].strip(b"\r\n"):
            self._counts.junk_bytes += stop - at
        if self._counts.junk_bytes > _MAX_JUNK_BYTES:
            raise BadMessage("it sends what is no RTSP")
        return stop - at


def _nowhere(data: memoryview, start: int, end: int, channel: int) -> int:
    """Before a channel is the media's."""
    return start


def _may_begin(data: bytes | bytearray) -> bool:
    """Whether a message may begin with these bytes, the last ones that came."""
    return len(data) < _LONGEST and any(word.startswith(data) for word in _WORDS)
