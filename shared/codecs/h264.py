"""H.264 byte streams (ITU-T H.264): NAL units of Annex B, and what a sequence parameter set says."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from shared.codecs.bits import BitReader, without_emulation
from shared.errors import BadInput

START_CODE = b"\x00\x00\x00\x01"
_PREFIX = b"\x00\x00\x01"
_SLICE_B = 1
_MAX_SLICE_HEAD = 16


class Nal(IntEnum):
    """`nal_unit_type` values that matter here (table 7-1)."""

    SLICE = 1
    IDR = 5
    SEI = 6
    SPS = 7
    PPS = 8
    AUD = 9


def nal_type(nal: bytes | memoryview) -> int:
    """The five-bit type of a NAL unit of at least one byte."""
    return nal[0] & 0x1F


def nal_units(data: bytes) -> Iterator[memoryview]:
    """The NAL units of an Annex B byte stream (annex B.1), without start codes or trailing zero bytes.

    Empty units are left out. Bytes before the first start code are not a NAL unit and are left out too.
    """
    view = memoryview(data)
    at = data.find(_PREFIX)
    while at >= 0:
        start = at + 3
        at = data.find(_PREFIX, start)
        end = len(data) if at < 0 else at
        while end > start and data[end - 1] == 0:
            end -= 1
        if end > start:
            yield view[start:end]


def nal_starts(data: bytes) -> Iterator[int]:
    """Where each of `nal_units` begins, and each empty one; found without a search for its end."""
    at = data.find(_PREFIX)
    while 0 <= at < len(data) - 3:
        yield at + 3
        at = data.find(_PREFIX, at + 3)


def annex_b(nals: Iterator[bytes] | list[bytes]) -> bytes:
    """An Annex B byte stream of these NAL units, each behind a four-byte start code."""
    return b"".join(START_CODE + nal for nal in nals)


def parameter_sets(data: bytes) -> tuple[bytes | None, bytes | None]:
    """The last sequence and picture parameter sets of an access unit, None where it has none."""
    sps = pps = None
    for nal in nal_units(data):
        kind = nal_type(nal)
        if kind == Nal.SPS:
            sps = bytes(nal)
        elif kind == Nal.PPS:
            pps = bytes(nal)
        elif kind in (Nal.SLICE, Nal.IDR):
            break
    return sps, pps


def has_b_slice(data: bytes) -> bool:
    """Whether the first slice of an access unit is bi-predictive (section 7.3.3, table 7-6)."""
    for at in nal_starts(data):
        kind = data[at] & 0x1F
        if kind == Nal.SLICE:
            head = data[at + 1 : at + _MAX_SLICE_HEAD]
            bits = BitReader(without_emulation(head), "slice header", "slice")
            try:
                bits.ue()
                return bits.ue() % 5 == _SLICE_B
            except BadInput:
                return False
        if kind == Nal.IDR:
            return False
    return False


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What decoding needs to know of a sequence parameter set (section 7.3.2.1.1).

    `reorder_frames` is how many pictures a decoder may hold back: 0 without B-frames, None where the camera
    does not say: cameras without B-frames often leave it out. `interlaced`: there may be fields, as
    slices say behind a number of `frame_number_bits`.
    """

    profile_idc: int
    constraints: int
    level_idc: int
    width: int
    height: int
    reorder_frames: int | None
    interlaced: bool = False
    frame_number_bits: int = 4

    @property
    def codec_string(self) -> str:
        """The RFC 6381 name, such as `avc1.64001f`."""
        return f"avc1.{self.profile_idc:02x}{self.constraints:02x}{self.level_idc:02x}"

    @property
    def may_reorder(self) -> bool:
        """Whether the camera says that pictures may come in another order than they are shown."""
        return bool(self.reorder_frames)


def is_field(data: bytes, parameters: SequenceParameters) -> bool:
    """Whether the first slice of an access unit is of a field (`field_pic_flag`, section 7.3.3)."""
    if not parameters.interlaced:
        return False
    for at in nal_starts(data):
        if data[at] & 0x1F in (Nal.SLICE, Nal.IDR):
            head = data[at + 1 : at + _MAX_SLICE_HEAD]
            bits = BitReader(without_emulation(head), "slice header", "slice")
            try:
                for _ in range(3):
                    bits.ue()
                bits.u(parameters.frame_number_bits)
                return bool(bits.u(1))
            except BadInput:
                return False
    return False


_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_MAX_SIDE = 16384
# Far above any real one; without it noise from a camera could keep the bit reader busy for minutes.
_MAX_SPS_BYTES = 1024


def parse_sps(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set NAL unit. Raises BadInput where it is cut or makes no sense."""
    if len(nal) < 4 or nal_type(nal) != Nal.SPS:
        raise BadInput("not a sequence parameter set", "sps")
    bits = BitReader(without_emulation(nal[1:_MAX_SPS_BYTES]), "sequence parameter set", "sps")
    profile, constraints, level = bits.u(8), bits.u(8), bits.u(8)
    bits.ue()
    chroma = _chroma_format(bits) if profile in _HIGH_PROFILES else 1
    frame_number_bits = bits.ue() + 4
    output_order = _skip_order_count(bits)
    bits.ue()
    bits.u(1)
    width_mbs = bits.ue() + 1
    height_map = bits.ue() + 1
    frames_only = bits.u(1)
    if not frames_only:
        bits.u(1)
    bits.u(1)
    left = right = top = bottom = 0
    if bits.u(1):
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
    unit_x = 2 if chroma in (1, 2) else 1
    unit_y = (2 if chroma == 1 else 1) * (2 - frames_only)
    width = width_mbs * 16 - (left + right) * unit_x
    height = height_map * 16 * (2 - frames_only) - (top + bottom) * unit_y
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise BadInput(f"sequence parameter set says {width}x{height}", "sps")
    reorder = 0 if output_order else _reorder_frames(bits, profile)
    return SequenceParameters(
        profile, constraints, level, width, height, reorder, not frames_only, frame_number_bits
    )


def _chroma_format(bits: BitReader) -> int:
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    bits.ue()
    bits.ue()
    bits.u(1)
    if bits.u(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.u(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma


def _skip_scaling_list(bits: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _skip_order_count(bits: BitReader) -> bool:
    """Whether pictures are coded in the order of their output (`pic_order_cnt_type` 2, section 8.2.1.3)."""
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.u(1)
        bits.se()
        bits.se()
        count = bits.ue()
        if count > 255:
            raise BadInput("sequence parameter set has an impossible picture order cycle", "sps")
        for _ in range(count):
            bits.se()
    elif kind != 2:
        raise BadInput("sequence parameter set has an impossible picture order count type", "sps")
    return kind == 2


def _reorder_frames(bits: BitReader, profile: int) -> int | None:
    """`max_num_reorder_frames` of the VUI (annex E.1.1), 0 for a profile without B slices."""
    if profile == 66:
        return 0
    try:
        return _vui_reorder_frames(bits) if bits.u(1) else None
    except BadInput:
        return None


def _vui_reorder_frames(bits: BitReader) -> int | None:
    if bits.u(1) and bits.u(8) == 255:
        bits.u(32)
    if bits.u(1):
        bits.u(1)
    if bits.u(1):
        bits.u(4)
        if bits.u(1):
            bits.u(24)
    if bits.u(1):
        bits.ue()
        bits.ue()
    if bits.u(1):
        bits.u(65)
    hrd = False
    for _ in range(2):
        if bits.u(1):
            hrd = True
            _skip_hrd(bits)
    if hrd:
        bits.u(1)
    bits.u(1)
    if not bits.u(1):
        return None
    bits.u(1)
    for _ in range(4):
        bits.ue()
    return bits.ue()


def _skip_hrd(bits: BitReader) -> None:
    count = bits.ue() + 1
    if count > 32:
        raise BadInput("sequence parameter set has an impossible HRD", "sps")
    bits.u(8)
    for _ in range(count):
        bits.ue()
        bits.ue()
        bits.u(1)
    bits.u(20)
