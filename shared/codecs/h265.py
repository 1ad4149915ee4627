"""H.265 byte streams (ITU-T H.265): NAL unit types, and what a sequence parameter set says.

NAL units are cut out of Annex B as those of H.264 are: `shared.h264.nal_units`.
"""

from dataclasses import dataclass
from enum import IntEnum

from shared.codecs.bits import BitReader, without_emulation
from shared.codecs.h264 import nal_units
from shared.errors import BadInput

HEADER_BYTES = 2


class Nal(IntEnum):
    """`nal_unit_type` values that matter here (table 7-1)."""

    RASL_N = 8
    RASL_R = 9
    BLA_W_LP = 16
    BLA_N_LP = 18
    IDR_W_RADL = 19
    IDR_N_LP = 20
    CRA = 21
    VPS = 32
    SPS = 33
    PPS = 34
    AUD = 35
    PREFIX_SEI = 39
    SUFFIX_SEI = 40


PARAMETER_SETS = frozenset({Nal.VPS, Nal.SPS, Nal.PPS})
KEYS = frozenset(range(Nal.BLA_W_LP, Nal.CRA + 1))
"""Types of a picture at which decoding can start (IRAP without the reserved ones)."""
SKIPPED_LEADING = frozenset({Nal.RASL_N, Nal.RASL_R})
"""Types of a picture that cannot be decoded where decoding started at the key picture before it (RASL)."""
SLICES = frozenset(range(10)) | KEYS


def nal_type(nal: bytes | memoryview) -> int:
    """The six-bit type of a NAL unit of at least one byte (section 7.3.1.2)."""
    return nal[0] >> 1 & 0x3F


def parameter_sets(data: bytes) -> tuple[bytes | None, bytes | None, bytes | None]:
    """The last video, sequence and picture parameter sets of an access unit, None where it has none."""
    found: dict[int, bytes] = {}
    for nal in nal_units(data):
        kind = nal_type(nal)
        if kind in PARAMETER_SETS:
            found[kind] = bytes(nal)
        elif kind in SLICES:
            break
    return found.get(Nal.VPS), found.get(Nal.SPS), found.get(Nal.PPS)


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What decoding and a file need to know of a sequence parameter set (section 7.3.2.2).

    `reorder_frames` is how many pictures may come before one that is shown earlier: 0 without reordering.
    """

    profile_space: int
    high_tier: bool
    profile_idc: int
    compatibility: int
    constraints: int
    level_idc: int
    temporal_layers: int
    temporal_nesting: bool
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    width: int
    height: int
    reorder_frames: int

    @property
    def codec_string(self) -> str:
        """The name of ISO/IEC 14496-15, annex E.3, such as `hvc1.1.6.L93.B0`."""
        space = ("", "A", "B", "C")[self.profile_space]
        reversed_flags = int(f"{self.compatibility:032b}"[::-1], 2)
        constraints = self.constraints.to_bytes(6, "big").rstrip(b"\x00")
        parts = [
            f"hvc1.{space}{self.profile_idc}",
            f"{reversed_flags:X}",
            f"{'H' if self.high_tier else 'L'}{self.level_idc}",
            *(f"{byte:X}" for byte in constraints),
        ]
        return ".".join(parts)

    @property
    def may_reorder(self) -> bool:
        """Whether the camera says that pictures may come in another order than they are shown."""
        return self.reorder_frames > 0


_MAX_SIDE = 16384
_MAX_REORDER = 15
# Far above any real one; without it noise from a camera could keep the bit reader busy for minutes.
_MAX_SPS_BYTES = 1024


def parse_sps(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set NAL unit. Raises BadInput where it is cut or makes no sense."""
    if len(nal) <= HEADER_BYTES or nal_type(nal) != Nal.SPS:
        raise BadInput("not a sequence parameter set", "sps")
    bits = BitReader(without_emulation(nal[HEADER_BYTES:_MAX_SPS_BYTES]), "sequence parameter set", "sps")
    bits.u(4)
    more_layers = bits.u(3)
    if more_layers > 6:
        raise BadInput("sequence parameter set has an impossible number of layers", "sps")
    nesting = bits.u(1)
    space, tier, profile = bits.u(2), bits.u(1), bits.u(5)
    compatibility, constraints, level = bits.u(32), bits.u(48), bits.u(8)
    skip_layer_levels(bits, more_layers)
    bits.ue()
    chroma = bits.ue()
    if chroma > 3:
        raise BadInput("sequence parameter set has an impossible chroma format", "sps")
    if chroma == 3:
        bits.u(1)
    width, height = _picture_size(bits, chroma)
    luma_bits, chroma_bits = bits.ue() + 8, bits.ue() + 8
    if max(luma_bits, chroma_bits) > 16:
        raise BadInput("sequence parameter set has an impossible bit depth", "sps")
    bits.ue()
    return SequenceParameters(
        profile_space=space,
        high_tier=bool(tier),
        profile_idc=profile,
        compatibility=compatibility,
        constraints=constraints,
        level_idc=level,
        temporal_layers=more_layers + 1,
        temporal_nesting=bool(nesting),
        chroma_format=chroma,
        luma_bits=luma_bits,
        chroma_bits=chroma_bits,
        width=width,
        height=height,
        reorder_frames=_reorder_frames(bits, more_layers),
    )


def skip_layer_levels(bits: BitReader, more_layers: int) -> None:
    """What `profile_tier_level` says of lower temporal layers (section 7.3.3)."""
    present = [(bits.u(1), bits.u(1)) for _ in range(more_layers)]
    if more_layers:
        bits.u(2 * (8 - more_layers))
    for profile_present, level_present in present:
        bits.u(88 * profile_present + 8 * level_present)


def _picture_size(bits: BitReader, chroma: int) -> tuple[int, int]:
    width, height = bits.ue(), bits.ue()
    if bits.u(1):
        unit_x = 2 if chroma in (1, 2) else 1
        unit_y = 2 if chroma == 1 else 1
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
        width -= (left + right) * unit_x
        height -= (top + bottom) * unit_y
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise BadInput(f"sequence parameter set says {width}x{height}", "sps")
    return width, height


def _reorder_frames(bits: BitReader, more_layers: int) -> int:
    """`sps_max_num_reorder_pics` of the highest layer."""
    reorder = 0
    for _ in range(more_layers + 1 if bits.u(1) else 1):
        bits.ue()
        reorder = bits.ue()
        bits.ue()
    if reorder > _MAX_REORDER:
        raise BadInput("sequence parameter set has an impossible reordering", "sps")
    return reorder
