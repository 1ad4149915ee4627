"""H.265 as MP4 holds it: `hvc1` with `hvcC` (ISO/IEC 14496-15, section 8.3.3)."""

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from shared.codecs.h265 import Nal, SequenceParameters, parse_sps
from shared.codecs.parameter_sets import H265
from shared.errors import BadInput
from shared.units import Codec
from storage.fmp4.nal_description import LENGTH_BYTES, NalDescription, leading_sets, read_sets, written_sets

_HEAD = struct.Struct(">BBI6sBHBBBBHBB")
_COMPLETE = 0x80
_MAX_SETS = 64
_KINDS = (Nal.VPS, Nal.SPS, Nal.PPS)


@dataclass(frozen=True)
class HevcDescription(NalDescription[SequenceParameters]):
    """The VPS, SPS and PPS of a key unit."""

    vps: tuple[bytes, ...]
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    brands: ClassVar[bytes] = b"hvc1"
    box_kind: ClassVar[bytes] = b"hvcC"
    names: ClassVar = H265
    codec: ClassVar[Codec] = Codec.H265

    def __post_init__(self) -> None:
        self.check(_MAX_SETS, _MAX_SETS, _MAX_SETS)

    @classmethod
    def of_unit(cls, data: bytes) -> "HevcDescription":
        """Those in front of the first slice of an Annex B unit. Raises BadInput where one is missing."""
        return cls(*leading_sets(data, H265, _MAX_SETS, _MAX_SETS, _MAX_SETS))

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
        return cls(*(found.get(kind, ()) for kind in _KINDS))

    @property
    def sets(self) -> tuple[tuple[bytes, ...], ...]:
        return self.vps, self.sps, self.pps

    @cached_property
    def sequence(self) -> SequenceParameters:
        return parse_sps(self.sps[0])

    def configuration(self) -> bytes:
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
        for kind, sets in zip(_KINDS, self.sets, strict=True):
            parts.append(struct.pack(">BH", _COMPLETE | kind, len(sets)))
            parts.extend(written_sets(sets))
        return b"".join(parts)
