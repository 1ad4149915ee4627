"""The compiled cutter against the packetisers in Python: the same chunks, byte for byte, whatever comes."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux.rtp.picture import CHUNK_PACKETS, SENDABLE, Picture, picture_of
from mux.transport.core import Core
from mux.transport.cutter import Cutter
from shared.errors import Unavailable
from shared.units import Codec
from tests.unit.mux.fakes import unit

_SETTINGS = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
# Sizes about what fits into a packet, alone or shared; headers of units that share, fragment, are left out.
_SIZES = st.integers(0, 40) | st.integers(1150, 1170) | st.integers(370, 390) | st.integers(1, 9000)
_HEADERS = st.integers(0, 255) | st.sampled_from([0x67, 0x68, 0x06, 0x26, 0x41, 0x09, 0x40, 0x42, 0x44, 0x4E])
_NALS = st.lists(
    st.tuples(st.sampled_from([b"\0\0\1", b"\0\0\0\1"]), _HEADERS, _SIZES, st.integers(0, 1 << 30)),
    max_size=9,
)
_CODECS = st.sampled_from(sorted(SENDABLE))


@pytest.fixture(scope="module")
def cutter() -> Cutter:
    try:
        return Core.load().cutter()
    except Unavailable as error:
        pytest.skip(f"no compiled core here: {error.detail}")


def _same(cutter: Cutter, data: bytes, codec: Codec, key: bool = False) -> Picture | None:
    """The picture by both, which must be the same."""
    asked = replace(unit(0), data=data, codec=codec, key=key)
    expected, made = picture_of(asked, 77), cutter.picture_of(asked, 77)
    assert _told(made) == _told(expected)
    return made


def _told(picture: Picture | None) -> object:
    if picture is None:
        return None
    chunks = [
        (one.payloads, one.sizes, one.count, one.payload_bytes, one.weight, one.packets)
        for one in picture.chunks
    ]
    return picture.time90, picture.key, picture.packet_count, picture.payload_bytes, chunks


@given(nals=_NALS, codec=_CODECS, key=st.booleans())
@_SETTINGS
def test_units_are_cut_as_python_cuts_them(
    cutter: Cutter, nals: list[tuple[bytes, int, int, int]], codec: Codec, key: bool
) -> None:
    data = b"".join(code + bytes([head]) + Random(seed).randbytes(size) for code, head, size, seed in nals)
    _same(cutter, data, codec, key)


@given(
    data=st.binary(max_size=200) | st.lists(st.sampled_from([0, 0, 1, 7, 0x26, 255])).map(bytes),
    codec=_CODECS,
)
@_SETTINGS
def test_any_bytes_are_cut_as_python_cuts_them(cutter: Cutter, data: bytes, codec: Codec) -> None:
    _same(cutter, data, codec)
    _same(cutter, b"\0\0\1" + data, codec)


@given(count=st.integers(1, 900), size=st.integers(1, 6), codec=_CODECS)
@_SETTINGS
def test_many_small_parameter_sets_share_packets(cutter: Cutter, count: int, size: int, codec: Codec) -> None:
    head = b"\x68" if codec is Codec.H264 else b"\x44\x01"
    _same(cutter, (b"\0\0\1" + head + b"x" * size) * count + b"\0\0\1\x02\x01" + b"y" * 3000, codec)


@pytest.mark.parametrize("codec", sorted(SENDABLE))
@pytest.mark.parametrize("size", [CHUNK_PACKETS * 1158, 40 * 1158, 1 << 20, 3 << 20])
def test_large_pictures_are_cut_into_chunks_whatever_has_room_for_them(
    cutter: Cutter, codec: Codec, size: int
) -> None:
    made = _same(cutter, b"\0\0\1\x25\x01" + b"z" * size, codec)
    assert made is not None
    assert len(made.chunks) > 1
