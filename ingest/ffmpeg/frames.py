"""The interleaved packets that FFmpeg is given, and what they tell of a camera before FFmpeg does."""

from collections.abc import Callable, Iterable

from ingest.rtsp.rtp import DOLLAR

_HEADER_BYTES = 4
_RTP_HEADER_BYTES = 12
_REPORTS = range(192, 224)
_SHORTEST_BYTES = 8
"""FFmpeg does not read the rest of a shorter packet, and would take it for an answer of the camera."""

_USUAL_CHANNELS = 16


class AvFrames:
    """`first_ns` is the UTC at which the first picture began to arrive."""

    def __init__(self, utc_ns: Callable[[], int]) -> None:
        self._utc_ns = utc_ns
        self._channels = set(range(_USUAL_CHANNELS))
        self._timestamp = b""
        self._pictures = 0
        self.first_ns: int | None = None

    @property
    def begun(self) -> bool:
        """Whether a first picture came."""
        return self._pictures > 0

    @property
    def told(self) -> int:
        """The pictures that FFmpeg has had time to give.

        It gives one when the next one begins, and is given the time of one more to do so.
        """
        return max(0, self._pictures - 2)

    def know(self, channels: Iterable[int]) -> None:
        """Packets of these channels come too."""
        self._channels.update(channels)

    def take(self, data: memoryview, start: int, end: int) -> tuple[int, bytes]:
        """The packets that lie whole, one behind the other, from `start` on: where they end, and FFmpeg's."""
        at = kept = start
        given = b""
        while end - at >= _HEADER_BYTES and data[at] == DOLLAR and data[at + 1] in self._channels:
            size = data[at + 2] << 8 | data[at + 3]
            stop = at + _HEADER_BYTES + size
            if stop > end:
                break
            if size < _SHORTEST_BYTES:
                given += data[kept:at]
                kept = stop
            elif size >= _RTP_HEADER_BYTES and data[at + 5] not in _REPORTS:
                self._picture(bytes(data[at + 8 : at + 12]))
            at = stop
        return at, given + bytes(data[kept:at])

    def _picture(self, timestamp: bytes) -> None:
        if timestamp == self._timestamp:
            return
        self._timestamp = timestamp
        self._pictures += 1
        if self.first_ns is None:
            self.first_ns = self._utc_ns()
