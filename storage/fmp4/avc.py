"""H.264 as MP4 holds it: `avc1` with `avcC` (ISO/IEC 14496-15, section 5.3.3)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from shared.errors import BadInput
from shared.h264 import Nal, SequenceParameters, nal_type, nal_units, parse_sps
from storage.fmp4.boxes import box
from storage.fmp4.entry import visual_entry

LENGTH_BYTES = 4
_WITH_CHROMA_FORMAT = frozenset({100, 110, 122, 144})
_MAX_SPS, _MAX_PPS = 31, 255


@dataclass(frozen=True)
class AvcDescription:
    """Every SPS and PPS of a key unit, in its order, each once. At least one SPS and one PPS."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    brands: ClassVar[bytes] = b"avc1"

    def __post_init__(self) -> None:
        if not self.sps or not self.pps:
            raise BadInput("a key unit without parameter sets cannot start a file", "sps")
        if len(self.sps) > _MAX_SPS or len(self.pps) > _MAX_PPS:
            raise BadInput("more parameter sets than avcC can hold", "sps")
        if any(len(nal) > 0xFFFF for nal in (*self.sps, *self.pps)):
            raise BadInput("a parameter set is longer than avcC can hold", "sps")

    @classmethod
    def of_unit(cls, data: bytes) -> "AvcDescription":
        """Those in front of the first slice of an Annex B unit. Raises BadInput where one is missing."""
        sps: dict[bytes, None] = {}
        pps: dict[bytes, None] = {}
        for nal in nal_units(data):
            kind = nal_type(nal)
            if kind == Nal.SPS:
                sps[bytes(nal)] = None
            elif kind == Nal.PPS:
                pps[bytes(nal)] = None
            elif kind in (Nal.SLICE, Nal.IDR):
                break
        return cls(tuple(sps), tuple(pps))

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

    @cached_property
    def sequence(self) -> SequenceParameters:
        """What the first SPS says. Raises BadInput."""
        return parse_sps(self.sps[0])

    @cached_property
    def nals(self) -> frozenset[bytes]:
        """All of them, for telling which NAL units of a sample are already in `avcC`."""
        return frozenset((*self.sps, *self.pps))

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
        return hashlib.sha256(self.avcc()).hexdigest()[:16]

    def entry(self) -> bytes:
        return visual_entry(b"avc1", self.width, self.height, box(b"avcC", self.avcc()))

    def sample(self, data: bytes) -> list[bytes | memoryview]:
        return length_prefixed(data, self.nals)

    def avcc(self) -> bytes:
        """The payload of their `avcC` box."""
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


def written_sets(sets: Iterable[bytes]) -> list[bytes]:
    """Each behind its length in two bytes."""
    return [len(nal).to_bytes(2, "big") + nal for nal in sets]


def read_sets(payload: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """`count` of them from `at` on, and where they end. Raises BadInput."""
    found = []
    for _ in range(count):
        size = int.from_bytes(payload[at : at + 2], "big")
        at += 2 + size
        if at > len(payload):
            raise BadInput("a list of parameter sets is cut")
        found.append(payload[at - size : at])
    return tuple(found), at


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


def length_prefixed(data: bytes, known: frozenset[bytes]) -> list[bytes | memoryview]:
    """An Annex B unit as MP4 wants it: each NAL unit behind its length in four bytes.

    NAL units that are among `known` are left out, every other one stays byte for byte.
    """
    longest = max(map(len, known), default=0)
    parts: list[bytes | memoryview] = []
    for nal in nal_units(data):
        if len(nal) <= longest and bytes(nal) in known:
            continue
        parts.append(len(nal).to_bytes(LENGTH_BYTES, "big"))
        parts.append(nal)
    return parts
