"""The header of a JPEG image (ITU-T T.81), as far as carrying one needs it."""

from dataclasses import dataclass

from shared.errors import BadInput

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset(range(0xD0, 0xD8)) | {0x01}
_MAX_SEGMENTS = 64


@dataclass(frozen=True, slots=True)
class JpegImage:
    """The size of an image."""

    width: int
    height: int

    @property
    def codec_string(self) -> str:
        """The RFC 6381 name: object type 6C (ISO/IEC 14496-1, table 5) is JPEG."""
        return "mp4v.6C"


def parse_image(data: bytes) -> JpegImage:
    """Read the header of a whole image. Raises BadInput where it is cut, or of a kind no camera sends."""
    if data[:2] != bytes((0xFF, _SOI)):
        raise BadInput("not a JPEG image", "jpeg")
    size: JpegImage | None = None
    at = 2
    for _ in range(_MAX_SEGMENTS):
        kind, at = _marker(data, at)
        if kind in _ALONE:
            continue
        if kind == _SOS:
            if size is None or data.find(bytes((0xFF, _EOI)), at) < 0:
                raise BadInput("the JPEG image is cut", "jpeg")
            return size
        length = int.from_bytes(data[at : at + 2], "big")
        if kind in _OTHER_FRAMES or kind in (_SOI, _EOI) or length < 2:
            raise BadInput("the JPEG image is of a kind that cameras do not send", "jpeg")
        if kind in _FRAMES:
            size = _frame(data[at + 2 : at + length])
        at += length
    raise BadInput("the JPEG image has no picture in it", "jpeg")


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at `at`, fill bytes in front of it skipped (section B.1.1.2), and where it ends."""
    if at >= len(data) or data[at] != 0xFF:
        raise BadInput("the JPEG image is cut", "jpeg")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data) or data[at] == 0:
        raise BadInput("the JPEG image is cut", "jpeg")
    return data[at], at + 1


def _frame(segment: bytes) -> JpegImage:
    if len(segment) < 6:
        raise BadInput("the JPEG image is cut", "jpeg")
    height, width = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
    if not width or not height:
        raise BadInput(f"the JPEG image says {width}x{height}", "size")
    return JpegImage(width, height)
