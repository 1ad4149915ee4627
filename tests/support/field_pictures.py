"""H.264 coded field by field (PAFF), which no encoder at hand makes: uncompressed and skipped macroblocks.

64x64 pixels, Main profile, CAVLC. The first field of a frame is grey of the frame's own level, the second one
repeats it.
"""

from shared.codecs.h264 import annex_b
from tests.unit.shared.bitwriter import BitWriter

SIDE = 64
GOP = 5
_FIELD_MACROBLOCKS = SIDE // 16 * SIDE // 32
_I, _P, _I_PCM = 7, 5, 25


def level(frame: int) -> int:
    """How grey a frame is."""
    return 40 + 10 * (frame % 16)


def sets() -> list[bytes]:
    """SPS and PPS."""
    sequence = BitWriter().u(8, 77).u(8, 0).u(8, 30).ue(0, 0, 0, 4, 1).u(1, 0)
    sequence.ue(SIDE // 16 - 1, SIDE // 32 - 1).u(1, 0).u(1, 0).u(1, 1).u(1, 0).u(1, 0)
    picture = BitWriter().ue(0, 0).u(1, 0).u(1, 0).ue(0, 0, 0).u(1, 0).u(2, 0).ue(0, 0, 0)
    picture.u(1, 1).u(1, 0).u(1, 0)
    return [sequence.nal(b"\x67"), picture.nal(b"\x68")]


def first_field(frame: int) -> bytes:
    """A top field: of a key picture at the start of each group."""
    place = frame % GOP
    bits = _head(_I, place, bottom=0)
    if place == 0:
        bits.ue(frame // GOP % 2)
    bits.u(8, 2 * place)
    # What becomes of reference pictures, the quantiser, no deblocking.
    bits.u(2 if place == 0 else 1, 0).ue(0).ue(1)
    for _ in range(_FIELD_MACROBLOCKS):
        bits.ue(_I_PCM).align().u(8 * 256, int.from_bytes(bytes((level(frame),)) * 256, "big"))
        bits.u(8 * 128, int.from_bytes(b"\x80" * 128, "big"))
    return bits.nal(b"\x65" if place == 0 else b"\x61")


def second_field(frame: int) -> bytes:
    """A bottom field without a word of its own."""
    place = frame % GOP
    bits = _head(_P, place, bottom=1).u(8, 2 * place + 1)
    # One reference picture, in its usual place; the rest as in the first field.
    bits.u(1, 0).u(1, 1).ue(0, 0, 3).u(1, 0).ue(0).ue(1)
    return bits.ue(_FIELD_MACROBLOCKS).nal(b"\x61")


def _head(kind: int, number: int, *, bottom: int) -> BitWriter:
    return BitWriter().ue(0, kind, 0).u(4, number % 16).u(1, 1).u(1, bottom)


def fields(frames: int) -> list[bytes]:
    """Access units, two a frame; key pictures come with their parameter sets."""
    units = []
    for frame in range(frames):
        own = sets() if frame % GOP == 0 else []
        units += [annex_b([*own, first_field(frame)]), annex_b([second_field(frame)])]
    return units
