"""Parameter sets are read once a change, whatever a camera sends for them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux.streams.stream_parameters import StreamParameters
from shared.units import AccessUnit, Codec
from tests.unit.mux.fakes import PARAMETERS, unit

SLICE = bytes.fromhex("00000001 65888400")
OTHER = bytes.fromhex("00000001 67640020acd940400500")
NO_SETS = b"\0\0\1\x26\x01\xaf"


def key_unit(data: bytes, codec: Codec = Codec.H264) -> AccessUnit:
    return replace(unit(0, key=True, codec=codec), data=data)


def test_what_comes_again_is_not_parsed_again_and_what_is_other_is() -> None:
    parameters = StreamParameters()
    parameters.take(key_unit(PARAMETERS + SLICE))
    first = parameters.h264
    assert first is not None
    assert first.profile_idc == 0x42
    parameters.take(key_unit(PARAMETERS + SLICE * 2))
    assert parameters.h264 is first
    parameters.take(key_unit(OTHER + SLICE))
    assert parameters.h264 is not first


def test_a_stream_that_changes_its_codec_keeps_nothing_of_the_one_before() -> None:
    parameters = StreamParameters()
    parameters.take(key_unit(PARAMETERS + SLICE))
    parameters.take(key_unit(NO_SETS, Codec.H265))
    assert (parameters.h264, parameters.h265) == (None, None)


@given(st.binary(max_size=200))
@settings(max_examples=40)
@pytest.mark.parametrize(("codec", "head"), [(Codec.H264, b"\x67"), (Codec.H265, b"\x42\x01")])
def test_a_parameter_set_of_noise_is_survived(codec: Codec, head: bytes, noise: bytes) -> None:
    parameters = StreamParameters()
    parameters.take(key_unit(b"\0\0\1" + head + noise, codec))
    assert parameters.h264 is None or parameters.h265 is None


def test_a_codec_without_parameter_sets_has_none() -> None:
    parameters = StreamParameters()
    parameters.take(key_unit(b"\xff\xd8", Codec.MJPEG))
    assert (parameters.h264, parameters.h265) == (None, None)
