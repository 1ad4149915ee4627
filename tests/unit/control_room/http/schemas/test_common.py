"""Checked texts and times on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from control_room.http.schemas.common import Instant, Line, Motive, Request


class Named(Request):
    name: Line


def test_a_time_is_written_in_utc_with_milliseconds() -> None:
    here = datetime(2026, 11, 21, 13, 0, 0, 500_000, timezone(timedelta(hours=1)))
    assert TypeAdapter(Instant).dump_json(here) == b'"2026-11-21T12:00:00.500Z"'
    assert TypeAdapter(Instant).dump_python(here.astimezone(UTC)) == here


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x00", "x" * 121])
def test_a_line_is_one_line(text: str) -> None:
    with pytest.raises(ValidationError):
        Named(name=text)


def test_blanks_around_a_motive_are_none_of_it() -> None:
    assert TypeAdapter(Motive).validate_python("  theft, file 118 ") == "theft, file 118"


def test_a_member_that_is_misspelt_is_refused() -> None:
    with pytest.raises(ValidationError):
        Named.model_validate({"name": "Grand-Place", "nmae": "x"})
