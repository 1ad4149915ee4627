import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codecs.h265 import Nal, SequenceParameters, nal_type, parameter_sets, parse_sps
from shared.errors import BadInput
from tests.support.pictures import coded_h265
from tests.unit.shared.bitwriter import BitWriter

HEADER = bytes((Nal.SPS << 1, 1))


def sps(
    *,
    size: tuple[int, int] = (1920, 1088),
    layers: int = 1,
    chroma: int = 1,
    crop: tuple[int, int, int, int] | None = None,
    reorder: int = 0,
    every_layer: bool = False,
    level: int = 93,
) -> bytes:
    """A main profile sequence parameter set; each of several layers has a profile and level of its own."""
    bits = BitWriter().u(4, 0).u(3, layers - 1).u(1, 1)
    bits.u(2, 0).u(1, 0).u(5, 1).u(32, 0x6000_0000).u(48, 0x9000_0000_0000).u(8, level)
    for _ in range(layers - 1):
        bits.u(2, 3)
    if layers > 1:
        bits.u(2 * (9 - layers), 0)
    for _ in range(layers - 1):
        bits.u(88, 0).u(8, level)
    bits.ue(0, chroma)
    if chroma == 3:
        bits.u(1, 0)
    bits.ue(*size).u(1, int(crop is not None)).ue(*(crop or ()))
    bits.ue(0, 0, 4).u(1, int(every_layer))
    for _ in range(layers - 1 if every_layer else 0):
        bits.ue(1, 0, 0)
    bits.ue(4, reorder, 0)
    return bits.nal(HEADER)


def test_an_encoder_s_key_picture_has_all_three_parameter_sets() -> None:
    sets = parameter_sets(coded_h265(1)[0].data)
    assert [nal_type(nal) for nal in sets if nal is not None] == [Nal.VPS, Nal.SPS, Nal.PPS]


def test_a_picture_without_parameter_sets_has_none() -> None:
    assert parameter_sets(coded_h265(2)[1].data) == (None, None, None)


@pytest.mark.parametrize("reorder", [0, 2])
def test_an_encoder_s_parameter_set_says_size_and_reordering(reorder: int) -> None:
    _, found, _ = parameter_sets(coded_h265(4, b_frames=reorder)[0].data)
    assert found is not None
    parsed = parse_sps(found)
    assert (parsed.width, parsed.height, parsed.may_reorder) == (320, 240, reorder > 0)


def test_the_name_is_that_of_the_standard() -> None:
    assert parse_sps(sps()).codec_string == "hvc1.1.6.L93.90"


def test_cropping_is_taken_off() -> None:
    parsed = parse_sps(sps(crop=(0, 0, 0, 4)))
    assert (parsed.width, parsed.height) == (1920, 1080)


@given(
    size=st.tuples(st.integers(1, 8192), st.integers(1, 8192)),
    layers=st.integers(1, 7),
    chroma=st.integers(0, 3),
    reorder=st.integers(0, 15),
    every_layer=st.booleans(),
)
def test_every_parameter_set_is_read_back(
    size: tuple[int, int], layers: int, chroma: int, reorder: int, every_layer: bool
) -> None:
    parsed = parse_sps(sps(size=size, layers=layers, chroma=chroma, reorder=reorder, every_layer=every_layer))
    assert (parsed.width, parsed.height) == size
    assert (parsed.temporal_layers, parsed.chroma_format, parsed.reorder_frames) == (layers, chroma, reorder)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_parameter_set_or_bad_input(noise: bytes) -> None:
    with suppress(BadInput):
        parsed = parse_sps(HEADER + noise)
        assert isinstance(parsed, SequenceParameters)
        assert parsed.codec_string.startswith("hvc1.")


@given(st.integers(0, 60))
def test_a_parameter_set_cut_anywhere_is_bad_input_or_whole(length: int) -> None:
    whole = sps(layers=3, reorder=2)
    with suppress(BadInput):
        assert parse_sps(whole[:length]) == parse_sps(whole)


@pytest.mark.parametrize("nal", [b"", HEADER[:1], HEADER, b"\x40\x01\x00\x1f", b"\x67\x42\xc0\x1f\x00"])
def test_what_is_no_parameter_set_is_refused(nal: bytes) -> None:
    with pytest.raises(BadInput):
        parse_sps(nal)


def test_a_megabyte_of_noise_is_refused_in_no_time() -> None:
    started = time.process_time()
    with suppress(BadInput):
        parse_sps(HEADER + b"\x55" * (1 << 20))
    assert time.process_time() - started < 1
