"""Several messages as one: what was put in comes out, and nothing else does."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.ids import StreamId
from shared.tap.bundle import (
    BUNDLE,
    MOST_PARTS,
    bundle,
    bundle_topic,
    bundled_topic,
    is_bundle,
    read_bundle,
    read_bundled,
)
from shared.tap.wire import (
    gathered,
    gathered_topic,
    is_gathered,
    read,
    read_gathered,
    reader_topic,
    stream_of,
    stream_topic,
    unit_header,
)
from shared.units import AccessUnit
from tests.unit.shared.strategies import access_units, stream_ids, unit

readers = st.binary(min_size=16, max_size=16)
several_units = st.lists(access_units, min_size=2, max_size=6)


def bundled(units: list[AccessUnit]) -> bytes:
    """The header of a bundle of these units."""
    return bundle([unit_header(one, recent=False) for one in units])


@given(several_units)
def test_units_of_any_streams_come_out_as_they_were_put_in(units: list[AccessUnit]) -> None:
    header = bundled(units)
    assert is_bundle(header)
    assert not is_gathered(header)
    parts = read_bundle(header, len(units))
    assert [read(part, one.data).unit for part, one in zip(parts, units, strict=True)] == units


@given(access_units)
def test_a_part_alone_is_what_it_is_elsewhere(one: AccessUnit) -> None:
    assert read(bundled([one]), one.data).unit == one


@given(several_units)
def test_gathered_units_are_a_part_like_any_other(units: list[AccessUnit]) -> None:
    several, data = gathered(units[:1])
    parts = read_bundle(bundle([several, unit_header(units[-1], recent=False)]), 2)
    assert read_gathered(parts[0], data) == units[:1]
    assert read(parts[1], units[-1].data).unit == units[-1]


@given(several_units, st.data())
def test_a_bundle_that_is_cut_or_changed_is_refused_or_read_within_its_bounds(
    units: list[AccessUnit], draw: st.DataObject
) -> None:
    header, count = bundled(units), len(units)
    changed = bytearray(header)
    place = draw.draw(st.integers(0, len(header) - 1))
    changed[place] ^= draw.draw(st.integers(1, 255))
    cut = header[: draw.draw(st.integers(0, len(header) - 1))]
    for other in (bytes(changed), cut, header + b"x"):
        with suppress(BadInput):
            parts = read_bundle(other, count)
            assert len(parts) == count
            assert other.endswith(b"".join(parts))
    for frames in (0, count - 1, count + 1):
        with pytest.raises(BadInput):
            read_bundle(header, frames)


@given(st.binary(max_size=80), st.integers(0, 5))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_refusing(header: bytes, frames: int) -> None:
    for begins in (header, b"BT\1" + bytes((BUNDLE,)) + header):
        with suppress(BadInput):
            read_bundle(begins, frames)


@pytest.mark.parametrize("count", [0, MOST_PARTS + 1])
def test_a_bundle_of_nothing_or_of_too_much_is_refused(count: int) -> None:
    header = bundle([b"x"] * count) if count else b"BT\1\2\0\0"
    assert is_bundle(header)
    with pytest.raises(BadInput):
        read_bundle(header, count)


def test_a_bundle_in_a_bundle_is_no_part_that_is_read() -> None:
    inner = bundled([unit(0, key=True), unit(1)])
    part = read_bundle(bundle([inner] * 2), 2)[0]
    assert is_bundle(part)
    assert not is_gathered(part)
    with pytest.raises(BadInput):
        read(part, b"x")


@given(readers, stream_ids, st.booleans())
def test_a_topic_says_whose_it_is_of_which_stream_and_at_which_speed(
    reader: bytes, stream: StreamId, patient: bool
) -> None:
    topic = bundled_topic(reader, stream, patient=patient)
    assert read_bundled(topic) == (reader, stream, patient)
    # A worker that does not know it takes it for no stream's.
    assert stream_of(topic) is None


@given(readers, readers, stream_ids)
def test_no_topic_of_one_kind_is_another_s_or_the_beginning_of_one(
    reader: bytes, other: bytes, stream: StreamId
) -> None:
    kinds = [
        bundle_topic(reader),
        reader_topic(reader),
        stream_topic(stream),
        gathered_topic(stream),
        *(bundled_topic(reader, stream, patient=patient) for patient in (True, False)),
    ]
    assert all(not one.startswith(two) for one in kinds for two in kinds if one is not two)
    assert reader == other or not bundle_topic(other).startswith(bundle_topic(reader))
    assert all(read_bundled(topic) is None for topic in kinds[:4])


@given(st.binary(max_size=100))
def test_no_topic_of_a_stranger_fails(topic: bytes) -> None:
    for kind in (b"", b"w", b"p"):
        read_bundled(kind + topic)
        read_bundled(kind + topic + b"\0")
