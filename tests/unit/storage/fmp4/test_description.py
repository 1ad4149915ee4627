"""The description of each codec in a file's head."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.codecs.h264 import annex_b
from shared.errors import BadInput
from shared.units import Codec
from storage.fmp4.boxes import full_box, header_at
from storage.fmp4.description import describe, front_of, read_description
from tests.unit.storage.coded import CODED, Coded, every_codec, recorded


@every_codec
def test_a_description_reads_as_written(coded: Coded) -> None:
    described = describe(recorded(coded)[0])
    table = full_box(b"stsd", 0, 0, (1).to_bytes(4, "big"), described.entry())
    found = header_at(table, 0)
    assert found is not None
    read = read_description(table, found)
    assert (read, read.digest) == (described, described.digest)
    assert (read.width, read.height) == (320, 240)


@every_codec
def test_a_key_unit_without_its_sets_starts_no_file(coded: Coded) -> None:
    broken = replace(recorded(coded)[0], data=b"\0\0\0\1\x01nothing of the kind")
    with pytest.raises(BadInput):
        describe(broken)


@settings(deadline=None)
@given(st.data())
def test_a_description_with_a_changed_byte_is_read_or_refused(data: st.DataObject) -> None:
    described = describe(recorded(data.draw(st.sampled_from(CODED)))[0])
    table = bytearray(full_box(b"stsd", 0, 0, (1).to_bytes(4, "big"), described.entry()))
    table[data.draw(st.integers(16, len(table) - 1))] ^= data.draw(st.integers(1, 255))
    found = header_at(bytes(table), 0)
    assert found is not None
    with suppress(BadInput):
        read_description(bytes(table), found)


# Pictures whose description hangs on what is in front of the slice, and on which sets that slice names.
FRONTS = st.lists(
    st.sampled_from([b"\x67\x42\xc0\x0d\x8c", b"\x68\xce\x3c", b"\x68\x53\x8f", b"\x06\x05", b"\x09\xf0"]),
    max_size=4,
)
SLICES = st.sampled_from([b"\x65\x88\x84", b"\x65\xa2\x21", b"\x41\x9a", b"\x65"])


@given(FRONTS, SLICES, FRONTS, SLICES, st.binary(max_size=4))
def test_a_unit_that_begins_as_another_did_has_its_description(
    front: list[bytes], first: bytes, other_front: list[bytes], other: bytes, rest: bytes
) -> None:
    usual = recorded(CODED[0])[0]
    one = replace(usual, codec=Codec.H264, data=annex_b([*front, first]))
    another = replace(one, data=annex_b([*(other_front or front), other]) + rest)
    begin = front_of(one)
    if begin and another.data.startswith(begin):
        assert describe(another) == describe(one)


@every_codec
def test_key_units_of_a_stream_begin_alike_where_sets_alone_tell(coded: Coded) -> None:
    keys = [unit for unit in recorded(coded) if unit.key]
    begin = front_of(keys[0])
    assert bool(begin) == (coded.ffmpeg in ("h264", "hevc"))
    assert all(describe(key) == describe(keys[0]) for key in keys if key.data.startswith(begin))
