"""H.265 as MP4 holds it: `hvc1` with `hvcC` (ISO/IEC 14496-15, section 8.3.3)."""

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from shared.errors import BadInput
from shared.h264 import nal_units
from shared.h265 import PARAMETER_SETS, SLICES, Nal, SequenceParameters, nal_type, parse_sps
from storage.fmp4.avc import LENGTH_BYTES, length_prefixed, read_sets, written_sets
from storage.fmp4.boxes import box
from storage.fmp4.entry import visual_entry

_HEAD = struct.Struct(">BBI6sBHBBBBHBB")
_COMPLETE = 0x80
_MAX_SETS = 64


@dataclass(frozen=True)
class HevcDescription:
    """Every VPS, SPS and PPS of a key unit, in its order, each once. At least one of each."""

    vps: tuple[bytes, ...]
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    brands: ClassVar[bytes] = b"hvc1"

    def __post_init__(self) -> None:
        sets = (self.vps, self.sps, self.pps)
        if not all(sets):
            raise BadInput("a key unit without parameter sets cannot start a file", "sps")
        if any(len(nals) > _MAX_SETS or any(len(nal) > 0xFFFF for nal in nals) for nals in sets):
            raise BadInput("more parameter sets than hvcC can hold", "sps")

    @classmethod
    def of_unit(cls, data: bytes) -> "HevcDescription":
        """Those in front of the first slice of an Annex B unit. Raises BadInput where one is missing."""
        found: dict[int, dict[bytes, None]] = {kind: {} for kind in PARAMETER_SETS}
        for nal in nal_units(data):
            kind = nal_type(nal)
            if kind in found:
                found[kind][bytes(nal)] = None
            elif kind in SLICES:
                break
        return cls(tuple(found[Nal.VPS]), tuple(found[Nal.SPS]), tuple(found[Nal.PPS]))

    @classmethod
    def from_hvcc(cls, payload: bytes) -> "HevcDescription":
        """Those of an `hvcC` payload. Raises BadInput."""
        if len(payload) < _HEAD.size or payload[0] != 1 or payload[21] & 3 != LENGTH_BYTES - 1:
            raise BadInput("hvcC is not one that this reader knows")
        found: dict[int, tuple[bytes, ...]] = {}
        at = _HEAD.size
        for _ in range(payload[22]):
            if at + 3 > len(payload):
                raise BadInput("hvcC is cut")
            kind = payload[at] & 0x3F
            found[kind], at = read_sets(payload, at + 3, int.from_bytes(payload[at + 1 : at + 3], "big"))
        return cls(found.get(Nal.VPS, ()), found.get(Nal.SPS, ()), found.get(Nal.PPS, ()))

    @cached_property
    def sequence(self) -> SequenceParameters:
        """What the first SPS says. Raises BadInput."""
        return parse_sps(self.sps[0])

    @property
    def codec_string(self) -> str:
        return self.sequence.codec_string

    @property
    def width(self) -> int:
        return self.sequence.width

    @property
    def height(self) -> int:
        return self.sequence.height

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.hvcc()).hexdigest()[:16]

    @cached_property
    def nals(self) -> frozenset[bytes]:
        """All of them, for telling which NAL units of a sample are already in `hvcC`."""
        return frozenset((*self.vps, *self.sps, *self.pps))

    def entry(self) -> bytes:
        return visual_entry(b"hvc1", self.width, self.height, box(b"hvcC", self.hvcc()))

    def sample(self, data: bytes) -> list[bytes | memoryview]:
        return length_prefixed(data, self.nals)

    def hvcc(self) -> bytes:
        """The payload of their `hvcC` box."""
        told = self.sequence
        head = _HEAD.pack(
            1,
            told.profile_space << 6 | told.high_tier << 5 | told.profile_idc,
            told.compatibility,
            told.constraints.to_bytes(6, "big"),
            told.level_idc,
            0xF000,
            0xFC,
            0xFC | told.chroma_format,
            0xF8 | (told.luma_bits - 8),
            0xF8 | (told.chroma_bits - 8),
            0,
            told.temporal_layers << 3 | told.temporal_nesting << 2 | LENGTH_BYTES - 1,
            3,
        )
        parts = [head]
        for kind, sets in ((Nal.VPS, self.vps), (Nal.SPS, self.sps), (Nal.PPS, self.pps)):
            parts.append(struct.pack(">BH", _COMPLETE | kind, len(sets)))
            parts.extend(written_sets(sets))
        return b"".join(parts)
