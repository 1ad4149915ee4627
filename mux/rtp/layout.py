"""Where the packets of a chunk lie in one buffer, and the runs of it that the kernel can cut by itself."""

from dataclasses import dataclass

from mux.rtp.picture import Chunk

_MAX_SEGMENTS = 64
_MAX_RUN_BYTES = 65_000


@dataclass(frozen=True, slots=True)
class Run:
    """Packets of `segment` bytes each behind one another, the last maybe shorter (UDP_SEGMENT, udp(7))."""

    data: memoryview
    segment: int
    packets: int


class Layout:
    """A buffer with room for the header, payload and tag of each packet of a chunk.

    It is shared by all viewers with the same header and tag length: each fills it and sends it before the
    next does, which works because the kernel copies. `slots` are (marker bit, payload, offset of the header,
    view of the header, view of the encrypted payload and tag).
    """

    __slots__ = ("buffer", "header_bytes", "packets", "runs", "slots")

    def __init__(self, chunk: Chunk, header_bytes: int, tag_bytes: int) -> None:
        around = header_bytes + tag_bytes
        self.header_bytes = header_bytes
        self.packets = chunk.count
        self.buffer = bytearray(chunk.payload_bytes + around * self.packets)
        view = memoryview(self.buffer)
        self.slots: list[tuple[int, bytes, int, memoryview, memoryview]] = []
        self.runs: list[Run] = []
        at = start = segment = count = last = 0
        for marker, payload in chunk.packets:
            size = len(payload) + around
            body = at + header_bytes
            self.slots.append((marker, payload, at, view[at:body], view[body : at + size]))
            full = count == _MAX_SEGMENTS or at + size - start > _MAX_RUN_BYTES
            if count and (size > segment or last < segment or full):
                self.runs.append(Run(view[start:at], segment, count))
                start, count = at, 0
            if not count:
                segment = size
            count += 1
            at += size
            last = size
        self.runs.append(Run(view[start:at], segment, count))
