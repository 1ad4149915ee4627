"""The description of each codec in a file's head."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BadInput
from storage.fmp4.boxes import full_box, header_at
from storage.fmp4.description import describe, read_description
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
