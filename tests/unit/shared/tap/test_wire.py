from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.ids import StreamId
from shared.tap.wire import (
    ask_recent,
    gathered,
    gathered_topic,
    is_gathered,
    read,
    read_ask,
    read_gathered,
    reader_topic,
    stream_topic,
    unit_header,
)
from shared.units import AccessUnit
from tests.unit.shared.strategies import STREAM, access_units, stream_ids, unit

readers = st.binary(min_size=16, max_size=16)
HEADER = unit_header(unit(7, key=True), recent=False)


@given(access_units, st.booleans(), st.booleans())
def test_a_unit_is_read_back_as_it_was_sent(sent: AccessUnit, recent: bool, last: bool) -> None:
    received = read(unit_header(sent, recent=recent, last=last), sent.data)
    assert (received.unit, received.recent, received.last) == (sent, recent, last)


@given(st.binary(max_size=120), st.binary(max_size=20))
def test_any_bytes_are_a_unit_or_bad_input(header: bytes, data: bytes) -> None:
    with suppress(BadInput):
        read(header, data)


@given(st.integers(0, len(HEADER) - 1), st.integers(0, 255))
def test_a_header_with_one_byte_altered_is_a_unit_or_bad_input(at: int, byte: int) -> None:
    with suppress(BadInput):
        read(HEADER[:at] + bytes([byte]) + HEADER[at + 1 :], b"x")


@given(st.integers(0, len(HEADER) - 1))
def test_a_header_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BadInput):
        read(HEADER[:length], b"x")


@pytest.mark.parametrize(
    ("at", "byte"),
    [(0, ord("X")), (2, 3), (3, 1), (5, 4), (6, 3)],
    ids=["magic", "version", "kind", "codec", "wall source"],
)
def test_a_header_with_an_unknown_field_is_refused(at: int, byte: int) -> None:
    with pytest.raises(BadInput):
        read(HEADER[:at] + bytes([byte]) + HEADER[at + 1 :], b"x")


def test_a_unit_without_data_is_refused() -> None:
    with pytest.raises(BadInput, match="empty"):
        read(HEADER, b"")


def test_an_endless_header_is_refused_in_a_short_sentence() -> None:
    with pytest.raises(BadInput) as refusal:
        read(HEADER + b"x" * 1_000_000, b"x")
    assert len(refusal.value.detail) < 200


def test_the_bytes_are_those_of_the_document() -> None:
    header = unit_header(unit(0x0102, key=True, run=0x0A0B), recent=True)
    assert header[:8] == b"BT\x01\x00\x03\x00\x00\x00"
    assert header[8:12] == b"\x00\x00\x0a\x0b"
    assert header[12:20] == b"\x00\x00\x00\x00\x00\x00\x01\x02"
    assert header[36:44] == b"\xff" * 8
    assert header[44:] == str(STREAM).encode()


def test_the_distance_of_a_camera_s_clock_stands_in_place_of_the_uncertainty() -> None:
    header = unit_header(replace(unit(1), camera_ahead_ns=0x0102), recent=False)
    assert (header[4], header[6], header[36:44]) == (16, 0, b"\0\0\0\0\0\0\1\2")
    with pytest.raises(BadInput, match="twice"):
        read(header[:6] + b"\1" + header[7:], b"x")


def test_the_end_of_an_answer_is_a_flag_that_older_readers_may_pass_over() -> None:
    middle, last = (unit_header(unit(1), recent=True, last=last) for last in (False, True))
    assert (middle[4], last[4]) == (2, 10)
    assert last[:4] + last[5:] == middle[:4] + middle[5:]


def test_a_reader_of_the_first_version_refuses_a_reordered_unit_and_takes_every_other() -> None:
    assert unit_header(replace(unit(1), reordered=True), recent=False)[2] == 2
    assert unit_header(unit(1), recent=False)[2] == 1


def test_an_older_reader_takes_a_recovery_point_as_any_key_unit() -> None:
    plain, point = (unit_header(replace(unit(1, key=True), recovery=n), recent=False) for n in (0, 9))
    assert (plain[7], point[7]) == (0, 9)
    assert point[:7] + point[8:] == plain[:7] + plain[8:]


@given(stream_ids, stream_ids)
def test_no_stream_s_topic_begins_another_s(one: StreamId, other: StreamId) -> None:
    assert stream_topic(one).startswith(stream_topic(other)) is (one == other)


@given(stream_ids, readers)
def test_a_reader_s_topic_is_no_stream_s(stream: StreamId, reader: bytes) -> None:
    assert not reader_topic(reader).startswith(stream_topic(stream)[:1])


@given(readers, stream_ids)
def test_a_request_is_read_back_as_it_was_sent(reader: bytes, stream: StreamId) -> None:
    assert read_ask(ask_recent(reader, stream)) == (reader, stream)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_request_or_bad_input(message: bytes) -> None:
    with suppress(BadInput):
        read_ask(b"\x02" + message)


@pytest.mark.parametrize(
    "message", [b"", b"\x01", b"\x02", b"\x02" + bytes(16), b"\x02" + bytes(16) + b"\xff"]
)
def test_a_request_of_another_form_is_refused(message: bytes) -> None:
    with pytest.raises(BadInput):
        read_ask(message)


def test_a_reader_s_name_has_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16"):
        ask_recent(b"short", STREAM)


@given(st.lists(access_units, min_size=1, max_size=6))
def test_units_gathered_are_read_back_as_they_were_sent(sent: list[AccessUnit]) -> None:
    units = [replace(one, stream=STREAM) for one in sent]
    header, data = gathered(units)
    assert is_gathered(header)
    assert read_gathered(header, memoryview(data)) == units


@given(access_units)
def test_a_unit_alone_is_not_taken_for_gathered_ones(sent: AccessUnit) -> None:
    assert not is_gathered(unit_header(sent, recent=False))


GATHERED = gathered([unit(7, key=True), unit(8), unit(9)])


@given(st.integers(0, len(GATHERED[0]) - 1), st.integers(0, 255))
def test_gathered_units_with_one_byte_altered_are_units_of_one_stream_or_bad_input(
    at: int, byte: int
) -> None:
    header, data = GATHERED
    with suppress(BadInput):
        assert (
            len({one.stream for one in read_gathered(header[:at] + bytes([byte]) + header[at + 1 :], data)})
            == 1
        )


@given(st.binary(max_size=120), st.binary(max_size=20))
def test_any_bytes_are_gathered_units_or_bad_input(header: bytes, data: bytes) -> None:
    with suppress(BadInput):
        assert read_gathered(b"BT\x01\x01" + header, data)


@given(st.integers(0, len(GATHERED[0]) - 1), st.integers(0, len(GATHERED[1]) - 1))
def test_gathered_units_cut_anywhere_are_refused(header_bytes: int, data_bytes: int) -> None:
    header, data = GATHERED
    for cut in ((header[:header_bytes], data), (header, data[:data_bytes]), (header + b"x", data)):
        with pytest.raises(BadInput):
            read_gathered(*cut)


def test_gathered_units_of_several_streams_are_refused() -> None:
    other = replace(unit(8), stream=StreamId("59350", "cam-other"))
    with pytest.raises(BadInput, match="several streams"):
        read_gathered(*gathered([unit(7, key=True), other]))


@given(stream_ids, stream_ids)
def test_no_topic_of_gathered_units_begins_another_stream_s(one: StreamId, other: StreamId) -> None:
    assert one == other or not gathered_topic(other).startswith(gathered_topic(one))
    assert not stream_topic(other).startswith(gathered_topic(one))
