"""The tables on each database, and times in them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from control_room.db.tables import Base, UtcDateTime


def test_every_table_can_be_made_on_postgresql() -> None:
    dialect: Dialect = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    for table in Base.metadata.sorted_tables:
        assert "TIMESTAMP WITHOUT" not in str(CreateTable(table).compile(dialect=dialect))


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints)


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_is_kept_in_utc_whatever_its_zone(moment: datetime) -> None:
    kind, dialect = UtcDateTime(), sqlite.dialect()
    try:
        kept = kind.process_bind_param(moment, dialect)
    except OverflowError:
        return
    assert kept is not None
    # Compared in UTC: Python holds times in a zone's fold or gap equal to nothing of another zone.
    assert kind.process_result_value(kept.replace(tzinfo=None), dialect) == moment.astimezone(UTC)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())
