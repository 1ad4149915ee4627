"""MPEG-4 Visual byte streams (ISO/IEC 14496-2): headers, and what kind of picture one is."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from shared.codecs.bits import BitReader
from shared.errors import BadInput

_PREFIX = b"\x00\x00\x01"
_SEQUENCE, _GROUP, _PICTURE = 0xB0, 0xB3, 0xB6
_LAYERS = range(0x20, 0x30)
_EXTENDED_ASPECT = 15
_RECTANGULAR = 0
_VBV_BITS = 79
# A header with user data; noise without any start code must not be searched for ever.
_MAX_CONFIGURATION = 4096


class Vop(IntEnum):
    """`vop_coding_type` (table 6-20)."""

    I = 0  # noqa: E741  # the standard's own name
    P = 1
    B = 2
    S = 3


@dataclass(frozen=True, slots=True)
class VideoLayer:
    """What the headers say. `profile` is `profile_and_level_indication`, 0 where it is not told.

    `low_delay` is None where the camera does not say whether pictures may be reordered.
    """

    profile: int
    width: int
    height: int
    low_delay: bool | None

    @property
    def codec_string(self) -> str:
        """The RFC 6381 name, such as `mp4v.20.3`."""
        return f"mp4v.20.{self.profile}" if self.profile else "mp4v.20"


def start_codes(data: bytes) -> Iterator[tuple[int, int]]:
    """Each start code (section 6.2.1): its last byte, and where what it starts begins, behind that byte."""
    at = data.find(_PREFIX)
    while 0 <= at < len(data) - 3:
        yield data[at + 3], at + 4
        at = data.find(_PREFIX, at + 3)


def configuration(data: bytes) -> bytes:
    """The headers in front of a picture and its group header; empty where there are none."""
    for code, at in start_codes(data):
        if code in (_GROUP, _PICTURE):
            return data[: at - 4]
    return data


def vop_type(data: bytes) -> Vop | None:
    """The kind of the first picture in a unit, None where it has none."""
    for code, at in start_codes(data):
        if code == _PICTURE:
            return Vop(data[at] >> 6) if at < len(data) else None
    return None


def parse_headers(data: bytes) -> VideoLayer:
    """Read the headers of a stream (section 6.2.2). Raises BadInput where they are missing or wrong."""
    data = data[:_MAX_CONFIGURATION]
    profile = 0
    for code, at in start_codes(data):
        if code == _SEQUENCE and at < len(data):
            profile = data[at]
        if code in _LAYERS:
            return _layer(BitReader(data[at:], "video object layer", "vol"), profile)
    raise BadInput("no video object layer", "vol")


def _layer(bits: BitReader, profile: int) -> VideoLayer:
    """A VideoObjectLayer (section 6.2.3) up to its size."""
    bits.u(1 + 8)
    if bits.u(1):
        bits.u(4 + 3)
    if bits.u(4) == _EXTENDED_ASPECT:
        bits.u(16)
    low_delay: bool | None = None
    if bits.u(1):
        bits.u(2)
        low_delay = bool(bits.u(1))
        if bits.u(1):
            bits.u(_VBV_BITS)
    if bits.u(2) != _RECTANGULAR:
        raise BadInput("the video object layer is not rectangular", "vol")
    bits.u(1)
    resolution = bits.u(16)
    bits.u(1)
    if bits.u(1):
        bits.u(max(1, (max(1, resolution) - 1).bit_length()))
    bits.u(1)
    width = bits.u(13)
    bits.u(1)
    height = bits.u(13)
    if not resolution or not width or not height:
        raise BadInput(f"the video object layer says {width}x{height}", "vol")
    return VideoLayer(profile, width, height, low_delay)
