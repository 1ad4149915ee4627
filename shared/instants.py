"""Instants as they come in: one type with sane bounds, so that no reckoning with one can overflow."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Not included. Nanoseconds of anything before it fit into 63 bits."""


def bounded(instant: datetime) -> datetime:
    """An aware datetime in UTC. Raises ValueError outside [EARLIEST, LATEST)."""
    if not EARLIEST <= instant < LATEST:
        raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year}")
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(bounded)]
"""An aware datetime in UTC within the bounds, for pydantic."""
