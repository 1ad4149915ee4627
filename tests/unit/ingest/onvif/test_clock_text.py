"""Instants as cameras write and read them."""

import pytest
from hypothesis import given
from hypothesis.strategies import integers, text

from ingest.onvif.clock_text import clock_range, date_time, read_date_time
from tests.support.onvif_card import read_range

MS = 1_000_000
S = 1000 * MS
INSTANTS = integers(0, 7_000_000_000 * S)


@given(INSTANTS, integers(0, 10_000 * S))
def test_a_range_is_read_as_whole_milliseconds_that_hold_it(start_ns: int, length_ns: int) -> None:
    told_start, told_end = read_range(clock_range(start_ns, start_ns + length_ns))
    assert start_ns - MS < told_start <= start_ns
    assert start_ns + length_ns <= told_end < start_ns + length_ns + MS


@given(INSTANTS)
def test_an_instant_is_read_as_it_was_written(utc_ns: int) -> None:
    assert read_date_time(date_time(utc_ns)) == utc_ns - utc_ns % MS


@given(text(max_size=40))
def test_nonsense_is_no_instant(nonsense: str) -> None:
    told = read_date_time(nonsense)
    assert told is None or told >= 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:10Z", 10),
        ("1970-01-01T01:00:10+01:00", 10),
        ("1969-12-31T23:00:10-01:00", 10),
        ("1970-01-01T00:00:10", 10),
        (" 1970-01-01T00:00:10.0000000000Z ", 10),
        ("1970-01-01T00:00:60Z", 60),
        ("1970-01-01T00:00:61Z", None),
        ("1970-02-30T00:00:00Z", None),
        ("1969-12-31T23:59:59Z", None),
        ("2300-01-01T00:00:00Z", None),
        ("١٩٧٠-01-01T00:00:10Z", None),
        ("", None),
    ],
)
def test_what_cameras_write_is_read_or_refused(text: str, seconds: int | None) -> None:
    assert read_date_time(text) == (None if seconds is None else seconds * S)
