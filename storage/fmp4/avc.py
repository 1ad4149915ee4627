"""H.264 as MP4 holds it: `avc1` with `avcC` (ISO/IEC 14496-15, section 5.3.3)."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from shared.codecs.h264 import SequenceParameters, parse_sps
from shared.codecs.parameter_sets import H264
from shared.errors import BadInput
from shared.units import Codec
from storage.fmp4.nal_description import LENGTH_BYTES, NalDescription, leading_sets, read_sets, written_sets

_WITH_CHROMA_FORMAT = frozenset({100, 110, 122, 144})
_MAX_SPS, _MAX_PPS = 31, 255


@dataclass(frozen=True)
class AvcDescription(NalDescription[SequenceParameters]):
    """The SPS and PPS of a key unit."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    brands: ClassVar[bytes] = b"avc1"
    box_kind: ClassVar[bytes] = b"avcC"
    names: ClassVar = H264
    codec: ClassVar[Codec] = Codec.H264

    def __post_init__(self) -> None:
        self.check(_MAX_SPS, _MAX_PPS)

    @classmethod
    def of_unit(cls, data: bytes) -> "AvcDescription":
        """Those in front of the first slice of an Annex B unit. Raises BadInput where one is missing."""
        return cls(*leading_sets(data, H264, _MAX_SPS, _MAX_PPS))

    @classmethod
    def from_avcc(cls, payload: bytes) -> "AvcDescription":
        """Those of an `avcC` payload. Raises BadInput."""
        if len(payload) < 7 or payload[0] != 1 or payload[4] & 3 != LENGTH_BYTES - 1:
            raise BadInput("avcC is not one that this reader knows")
        at = 6
        sps, at = read_sets(payload, at, payload[5] & 0x1F)
        if at >= len(payload):
            raise BadInput("avcC is cut")
        pps, at = read_sets(payload, at + 1, payload[at])
        return cls(sps, pps)

    @property
    def sets(self) -> tuple[tuple[bytes, ...], ...]:
        return self.sps, self.pps

    @cached_property
    def sequence(self) -> SequenceParameters:
        return parse_sps(self.sps[0])

    def configuration(self) -> bytes:
        first = self.sps[0]
        parts = [
            bytes((1, first[1], first[2], first[3], 0xFC | LENGTH_BYTES - 1, 0xE0 | len(self.sps))),
            *written_sets(self.sps),
            bytes((len(self.pps),)),
            *written_sets(self.pps),
        ]
        if first[1] in _WITH_CHROMA_FORMAT:
            chroma, luma_depth, chroma_depth = _picture_format(first)
            parts.append(bytes((0xFC | chroma, 0xF8 | luma_depth, 0xF8 | chroma_depth, 0)))
        return b"".join(parts)


def _picture_format(sps: bytes) -> tuple[int, int, int]:
    """chroma_format_idc and both bit depths less 8 of a high-profile SPS (H.264, section 7.3.2.1.1)."""
    payload = sps[4:24].replace(b"\x00\x00\x03", b"\x00\x00")
    bits = "".join(f"{byte:08b}" for byte in payload)
    at = 0

    def exp_golomb() -> int:
        nonlocal at
        one = bits.find("1", at)
        width = one - at + 1
        if one < 0 or one + width > len(bits):
            raise BadInput("sequence parameter set ends too early", "sps")
        value = int(bits[one : one + width], 2) - 1
        at = one + width
        return value

    exp_golomb()
    chroma = exp_golomb()
    if chroma == 3:
        at += 1
    return chroma & 3, exp_golomb() & 7, exp_golomb() & 7
