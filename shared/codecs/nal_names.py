"""Which parameter sets H.264 and H.265 name: a set by its own number, a slice by that of its picture set."""

from functools import lru_cache

from shared.codecs.bits import BitReader, without_emulation
from shared.codecs.h264 import Nal
from shared.codecs.h265 import HEADER_BYTES, skip_layer_levels
from shared.codecs.h265 import Nal as Nal265
from shared.errors import BadInput

_HEAD_BYTES = 8
"""Enough for the three codes in front of an H.264 slice, whatever the size of its picture."""
_ESCAPED_BYTES = 12
_ESCAPE = b"\0\0\3"
_SOON_BYTES = 2
"""The first slice of a picture nearly always has all three codes in them."""
_SOON_REMEMBERED = 1 << 14
_MAX_SET_BYTES = 1024
_H264_PROFILE_BYTES = 3
_MOST = {
    int(Nal.SPS): 32,
    int(Nal.PPS): 256,
    int(Nal265.VPS): 16,
    int(Nal265.SPS): 16,
    int(Nal265.PPS): 64,
}
"""How many numbers there are of each kind (sections 7.4.2 of H.264, 7.4.3 of H.265); types do not collide."""


def h264_slice_set(data: bytes | memoryview, at: int) -> int:
    """`pic_parameter_set_id` of the H.264 slice whose NAL unit begins at `at` (section 7.3.3), -1 where cut.

    `data` may go on behind the slice. This is done for every slice of every camera.
    """
    number = _soon(bytes(data[at + 1 : at + 1 + _SOON_BYTES]))
    return number if number >= 0 else _code(data[at + 1 : at + 1 + _ESCAPED_BYTES], 3, 0)


def h265_slice_set(data: bytes | memoryview, at: int) -> int:
    """The same of an H.265 slice segment (section 7.3.6.1)."""
    kind = data[at] >> 1 & 0x3F
    start = at + HEADER_BYTES
    return _code(data[start : start + _ESCAPED_BYTES], 1, 2 if 16 <= kind <= 23 else 1)


@lru_cache(maxsize=_SOON_REMEMBERED)
def _soon(head: bytes) -> int:
    """The number of an H.264 slice that begins with these bytes, -1 where they do not reach that far."""
    return _code(head, 3, 0)


def _code(escaped: bytes | memoryview, count: int, flags: int) -> int:
    """The last of `count` unsigned Exp-Golomb codes behind so many flags, -1 where cut."""
    head = bytes(escaped)
    if _ESCAPE in head:
        head = head.replace(_ESCAPE, b"\0\0")
    head = head[:_HEAD_BYTES]
    left = 8 * len(head) - flags
    if left <= 0:
        return -1
    bits = int.from_bytes(head, "big") & (1 << left) - 1
    code = 0
    for _ in range(count):
        left -= 2 * (left - bits.bit_length()) + 1
        if left < 0:
            return -1
        code = bits >> left
        bits -= code << left
    return code - 1


def h264_set_name(nal: bytes) -> tuple[int, int]:
    """The number of a parameter set, and that of the one it refers to (0 for a sequence's): section 7.3.2.

    Raises BadInput.
    """
    kind = nal[0] & 0x1F
    payload = without_emulation(nal[1:_MAX_SET_BYTES])
    if kind == Nal.SPS:
        return _bounded(
            kind, BitReader(payload[_H264_PROFILE_BYTES:], "sequence parameter set", "sps").ue()
        ), 0
    bits = BitReader(payload, "picture parameter set", "pps")
    return _bounded(kind, bits.ue()), bits.ue()


def h265_set_name(nal: bytes) -> tuple[int, int]:
    """The same of H.265 (section 7.3.2); a video parameter set refers to none. Raises BadInput."""
    kind = nal[0] >> 1 & 0x3F
    payload = without_emulation(nal[HEADER_BYTES:_MAX_SET_BYTES])
    if kind == Nal265.VPS:
        return BitReader(payload, "video parameter set", "vps").u(4), 0
    if kind == Nal265.PPS:
        bits = BitReader(payload, "picture parameter set", "pps")
        return _bounded(kind, bits.ue()), bits.ue()
    bits = BitReader(payload, "sequence parameter set", "sps")
    video, more_layers = bits.u(4), bits.u(3)
    if more_layers > 6:
        raise BadInput("sequence parameter set has an impossible number of layers", "sps")
    bits.u(1 + 88 + 8)
    skip_layer_levels(bits, more_layers)
    return _bounded(kind, bits.ue()), video


def _bounded(kind: int, number: int) -> int:
    if number >= _MOST[kind]:
        raise BadInput(f"parameter set has the impossible number {number}", "sps")
    return number
