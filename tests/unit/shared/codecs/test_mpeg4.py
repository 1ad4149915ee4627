from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codecs.mpeg4 import VideoLayer, Vop, configuration, parse_headers, start_codes, vop_type
from shared.errors import BadInput
from tests.support.pictures import coded_mpeg4
from tests.unit.shared.bitwriter import BitWriter


def headers(
    *,
    size: tuple[int, int] = (704, 576),
    version: int | None = None,
    aspect: int = 1,
    low_delay: bool | None = None,
    vbv: bool = False,
    shape: int = 0,
    resolution: int = 25,
    fixed: bool = False,
    profile: int = 3,
) -> bytes:
    bits = BitWriter().u(1, 0).u(8, 1).u(1, int(version is not None))
    if version is not None:
        bits.u(4, version).u(3, 1)
    bits.u(4, aspect)
    if aspect == 15:
        bits.u(16, 0x0B0C)
    bits.u(1, int(low_delay is not None))
    if low_delay is not None:
        bits.u(2, 1).u(1, int(low_delay)).u(1, int(vbv))
        if vbv:
            bits.u(79, (1 << 79) - 1)
    bits.u(2, shape).u(1, 1).u(16, resolution).u(1, 1).u(1, int(fixed))
    if fixed:
        bits.u(max(1, (resolution - 1).bit_length()), 1)
    bits.u(1, 1).u(13, size[0]).u(1, 1).u(13, size[1]).u(1, 1)
    sequence = b"\0\0\1\xb0" + bytes((profile,)) + b"\0\0\1\xb5\x09\0\0\1\0"
    return sequence + b"\0\0\1\x20" + bits.data()


def test_an_encoder_s_headers_say_size_and_reordering() -> None:
    for b_frames in (0, 2):
        parsed = parse_headers(coded_mpeg4(4, b_frames=b_frames)[0].data)
        assert (parsed.width, parsed.height, parsed.low_delay) == (320, 240, b_frames == 0)


def test_the_configuration_is_what_stands_in_front_of_the_first_picture() -> None:
    first, second = (picture.data for picture in coded_mpeg4(2))
    assert 0 < len(configuration(first)) < len(first)
    assert first.startswith(configuration(first))
    assert configuration(second) == b""


def test_pictures_are_told_apart_by_their_kind() -> None:
    assert [vop_type(picture.data) for picture in coded_mpeg4(5, b_frames=2)][:3] == [Vop.I, Vop.P, Vop.B]


def test_headers_alone_have_no_picture() -> None:
    assert vop_type(headers()) is None
    assert vop_type(b"\0\0\1\xb6") is None


@given(
    size=st.tuples(st.integers(1, 8191), st.integers(1, 8191)),
    version=st.none() | st.integers(1, 5),
    aspect=st.sampled_from([1, 2, 15]),
    low_delay=st.none() | st.booleans(),
    vbv=st.booleans(),
    resolution=st.integers(1, 65535),
    fixed=st.booleans(),
)
def test_every_header_is_read_back(
    size: tuple[int, int],
    version: int | None,
    aspect: int,
    low_delay: bool | None,
    vbv: bool,
    resolution: int,
    fixed: bool,
) -> None:
    parsed = parse_headers(
        headers(
            size=size,
            version=version,
            aspect=aspect,
            low_delay=low_delay,
            vbv=vbv,
            resolution=resolution,
            fixed=fixed,
        )
    )
    assert parsed == VideoLayer(3, *size, low_delay)
    assert parsed.codec_string == "mp4v.20.3"


@given(st.binary(max_size=100))
def test_any_bytes_are_headers_or_bad_input(noise: bytes) -> None:
    with suppress(BadInput):
        parsed = parse_headers(b"\0\0\1\x20" + noise)
        assert parsed.width > 0
        assert parsed.height > 0


@given(st.binary(max_size=200))
def test_of_any_bytes_start_codes_kind_and_configuration_can_be_asked(data: bytes) -> None:
    assert all(data[at - 4 : at - 1] == b"\0\0\1" for _, at in start_codes(data))
    vop_type(data)
    assert data.startswith(configuration(data))


def test_shapes_are_refused() -> None:
    with pytest.raises(BadInput, match="rectangular"):
        parse_headers(headers(shape=2))


def test_what_has_no_layer_is_refused() -> None:
    with pytest.raises(BadInput):
        parse_headers(b"\0\0\1\xb0\x03")
