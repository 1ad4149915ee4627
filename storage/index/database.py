"""Opens the database, brings its schema up to date, hands out transactions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from shared.causes import cause_of
from shared.errors import BadInput, Unavailable
from shared.private import private_database
from shared.reasons import why

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_MS = 5000
_OPENING_TRIES = 6
"""So often the busy timeout is waited for at the start: another process may be bringing the schema up to
date, on a disk that is slow."""
_WRITES = "beffroi_writes"


class Database:
    """One database. Everything foreign that it raises comes out as Unavailable."""

    def __init__(self, engine: AsyncEngine, file: Path | None) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._file = file
        # SQLite has one writer; waiting here is fair, waiting inside SQLite is not.
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, url: str) -> "Database":
        """Connect and bring the schema up to date. Raises BadInput on a bad address, Unavailable."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise BadInput("BEFFROI_DATABASE_URL is not a database address") from error
        is_sqlite = parsed.get_backend_name() == "sqlite"
        file = Path(parsed.database) if is_sqlite and parsed.database else None
        if file is not None:
            try:
                private_database(file)
            except OSError as error:
                raise Unavailable(f"the folder of the index cannot be made: {error.strerror}") from error
        try:
            engine = create_async_engine(parsed)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise BadInput("BEFFROI_DATABASE_URL names a database without its driver") from error
        if is_sqlite:
            event.listen(engine.sync_engine, "connect", _set_sqlite_up)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        database = cls(engine, file)
        for left in reversed(range(_OPENING_TRIES)):
            try:
                async with database.write() as connection:
                    await connection.run_sync(_upgrade)
            except Unavailable:
                if not left:
                    await database.close()
                    raise
            else:
                break
        return database

    async def close(self) -> None:
        await self._engine.dispose()

    @property
    def missing(self) -> bool:
        """Whether the file of a SQLite index has been taken away under us."""
        return self._file is not None and not self._file.exists()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with."""
        with _Mapped():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end, rolled back on any error.

        What it reads no other process changes before its end, where the index is SQLite.
        """
        with _Mapped():
            async with self._writing, self._writer.begin() as connection:
                yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that knows this database's ON CONFLICT."""
        if self._engine.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)


class _Mapped:
    """Turns what SQLAlchemy raises into Unavailable."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, SQLAlchemyError | OSError):
            cause = getattr(error, "orig", None) or error
            raise Unavailable(
                why("index-away", "the index does not answer: {cause}", cause=cause_of(cause))
            ) from error


def _begin_sqlite(connection: Connection) -> None:
    """Take the right to write before anything is read: the driver takes it with the first change only."""
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_sqlite_up(connection: object, _entry: ConnectionPoolEntry) -> None:
    # The driver begins no transactions of its own then.
    connection.isolation_level = None  # type: ignore[attr-defined]  # any connection of this driver has it
    cursor = connection.cursor()  # type: ignore[attr-defined]  # any DB-API connection has one
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    # A row must outlive a power cut: an object without its row can no longer be destroyed on time.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _upgrade(connection: object) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
