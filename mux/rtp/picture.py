"""A coded picture cut into RTP payloads: made once a stream, shared by every viewer and by retransmission."""

from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some packets of one picture that follow each other: (marker bit, payload). See `mux.rtp.weight`."""

    packets: tuple[tuple[int, bytes], ...]
    payload_bytes: int
    weight: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", weight_of(self.payload_bytes, len(self.packets)))


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One access unit of a stream, on the stream's own 90 kHz timeline."""

    time90: int
    key: bool
    chunks: tuple[Chunk, ...]
    packet_count: int
    payload_bytes: int


def picture_of(unit: AccessUnit, time90: int) -> Picture | None:
    """The picture of a unit of a SENDABLE codec, or None where it holds nothing that can be sent."""
    payloads = _PACKETISERS[unit.codec](unit.data)
    if not payloads:
        return None
    packets = [(0, payload) for payload in payloads]
    packets[-1] = (MARKER, payloads[-1])
    sizes = [len(payload) for payload in payloads]
    chunks = tuple(
        Chunk(tuple(packets[start : start + CHUNK_PACKETS]), sum(sizes[start : start + CHUNK_PACKETS]))
        for start in range(0, len(packets), CHUNK_PACKETS)
    )
    return Picture(time90, unit.key, chunks, len(packets), sum(sizes))
