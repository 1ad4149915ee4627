"""A coded picture cut into RTP payloads: made once a stream, shared by every viewer and by retransmission."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Self

from mux.rtp.packetise import packetise
from mux.rtp.packetise_h265 import packetise_h265
from mux.rtp.weight import weight_of
from shared.units import AccessUnit, Codec

_PACKETISERS = {Codec.H264: packetise, Codec.H265: packetise_h265}
SENDABLE = frozenset(_PACKETISERS)
"""What can be cut into packets here."""

CHUNK_PACKETS = 32
"""A chunk is what is sent at one go: within the kernel's limits for segmentation (64 packets, 65 kB) and
small enough to be the step of pacing."""

MARKER = 0x80
SIZE_BYTES = 4
"""A packet's place in the sizes of a chunk."""

MARKED = 1 << 31
"""In the size of a packet that has the marker."""


class Chunk:
    """Some packets of one picture that follow each other, never changed once made. See `mux.rtp.weight`.

    The payloads lie behind one another, as the compiled core takes them. `sizes` has 32 bits for the bytes of
    each, with the highest bit set where the packet has the marker. A plain class, since it is made for each
    picture.
    """

    __slots__ = ("_packets", "count", "payload_bytes", "payloads", "sizes", "weight")

    def __init__(self, payloads: bytes, sizes: bytes) -> None:
        self.payloads = payloads
        self.sizes = sizes
        self.payload_bytes = len(payloads)
        self.count = len(sizes) // SIZE_BYTES
        self.weight = weight_of(self.payload_bytes, self.count)
        self._packets: tuple[tuple[int, bytes], ...] | None = None

    @classmethod
    def of(cls, packets: Sequence[tuple[int, bytes]]) -> Self:
        """A chunk of these packets: marker bit and payload of each."""
        sizes = array("I", [len(payload) | (MARKED if marker else 0) for marker, payload in packets])
        return cls(b"".join([payload for _, payload in packets]), sizes.tobytes())

    @property
    def packets(self) -> tuple[tuple[int, bytes], ...]:
        """Marker bit and payload of each packet; cut out when somebody first asks."""
        if self._packets is None:
            self._packets = tuple(self._cut_out())
        return self._packets

    def _cut_out(self) -> Iterator[tuple[int, bytes]]:
        at = 0
        for size in memoryview(self.sizes).cast("I"):
            end = at + (size & ~MARKED)
            yield MARKER if size & MARKED else 0, self.payloads[at:end]
            at = end


class Picture:
    """One access unit of a stream, on the stream's own 90 kHz timeline, never changed once made."""

    __slots__ = ("chunks", "key", "packet_count", "payload_bytes", "time90")

    def __init__(self, time90: int, key: bool, chunks: tuple[Chunk, ...]) -> None:
        self.time90 = time90
        self.key = key
        self.chunks = chunks
        if len(chunks) == 1:
            self.packet_count, self.payload_bytes = chunks[0].count, chunks[0].payload_bytes
        else:
            self.packet_count = sum([chunk.count for chunk in chunks])
            self.payload_bytes = sum([chunk.payload_bytes for chunk in chunks])


MakePicture = Callable[[AccessUnit, int], Picture | None]
"""The picture of a unit of a SENDABLE codec at a time (90 kHz), or None where it holds nothing to be sent."""


def picture_of(unit: AccessUnit, time90: int) -> Picture | None:
    """A `MakePicture` in Python, the reference."""
    payloads = _PACKETISERS[unit.codec](unit.data)
    if not payloads:
        return None
    packets = [(0, payload) for payload in payloads]
    packets[-1] = (MARKER, payloads[-1])
    chunks = tuple(
        Chunk.of(packets[start : start + CHUNK_PACKETS]) for start in range(0, len(packets), CHUNK_PACKETS)
    )
    return Picture(time90, unit.key, chunks)
