"""Brings a database to the newest schema.

A new step is drafted by Alembic's autogenerate (see `migrations/env.py`), against PostgreSQL where server
defaults are involved: drafted on SQLite they are not valid there.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: Connection) -> Config:
    """Alembic's configuration, bound to an open connection."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Go up to a revision."""
    command.upgrade(config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Go down to a revision; `base` leaves nothing."""
    command.downgrade(config(connection), revision)


def check(connection: Connection) -> None:
    """Raise Alembic's error when the tables in code and the newest schema differ."""
    command.check(config(connection))
