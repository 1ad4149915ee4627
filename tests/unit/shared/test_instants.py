"""Instants that come in are UTC within bounds, whatever zone and year they name."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.instants import EARLIEST, LATEST, Instant

INSTANT = TypeAdapter[datetime](Instant)
ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES))
def test_an_instant_is_given_in_utc_or_refused_in_words(said: datetime) -> None:
    if not EARLIEST <= said < LATEST:
        with pytest.raises(ValidationError, match="between 1970 and 2200"):
            INSTANT.validate_python(said)
        return
    found = INSTANT.validate_python(said)
    assert found == said
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2200-01-01T00:00:00Z"]
)
def test_an_extreme_instant_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)
