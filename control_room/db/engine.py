"""Connections and transactions. Errors of the database are mapped here and nowhere else."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from control_room.db.migrate import upgrade
from control_room.db.transaction import Transaction
from shared.causes import cause_of
from shared.errors import BadInput, Conflict, Unavailable
from shared.private import private_database
from shared.reasons import why

_BUSY_TIMEOUT_MS = 5000
_WRITE = "beffroi_write"


class Database:
    """The control room's database. SQLite runs in WAL mode; a writer takes the lock when it begins."""

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_async_engine(make_url(url))
        except (ArgumentError, ImportError) as error:
            raise BadInput("BEFFROI_DATABASE_URL is not the URL of a database this can use") from error
        self._file = _file(self._engine.url.database) if self._engine.dialect.name == "sqlite" else None
        if self._engine.dialect.name == "sqlite":
            _set_sqlite_up(self._engine)
        self._writing = self._engine.execution_options(**{_WRITE: True})
        # A reader of SQLite's write-ahead log sees one moment by itself.
        sqlite = self._engine.dialect.name == "sqlite"
        steady = {} if sqlite else {"isolation_level": "REPEATABLE READ"}
        self._steady = self._engine.execution_options(**steady)

    async def prepare(self) -> None:
        """Bring the schema up to date. Raises Unavailable when the database cannot be opened."""
        with _mapped():
            if self._file is not None:
                private_database(self._file)
            async with self._writing.begin() as connection:
                await connection.run_sync(upgrade)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A consistent look; what is written in it is undone."""
        with _mapped():
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield Transaction(session)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Transaction]:
        """A look in which nothing changes, however long it takes."""
        with _mapped():
            async with AsyncSession(self._steady, expire_on_commit=False) as session:
                yield Transaction(session)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """All that is written in it is kept together when it ends well, and none of it otherwise."""
        with _mapped():
            async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
                yield Transaction(session)

    async def ping(self) -> None:
        """Return when the database answers."""
        with _mapped():
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Conflict(why("in-the-way", "it exists already, or something still needs it")) from error
    except (DBAPIError, OSError) as error:
        cause = (error.orig or error) if isinstance(error, DBAPIError) else error
        raise Unavailable(
            why("database-away", "the database does not answer: {cause}", cause=cause_of(cause))
        ) from error
    except SQLAlchemyError as error:
        raise Unavailable(
            why("database-unusable", "the database cannot be used: {cause}", cause=cause_of(error))
        ) from error


def _file(database: str | None) -> Path | None:
    return Path(database) if database and database != ":memory:" else None


class _Cursor(Protocol):
    def execute(self, statement: str) -> object: ...
    def close(self) -> None: ...


class _DriverConnection(Protocol):
    """What is used of a connection of the driver."""

    isolation_level: str | None

    def cursor(self) -> _Cursor: ...


def _set_sqlite_up(engine: AsyncEngine) -> None:
    def connected(driver: _DriverConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, and too late; `began` does it instead.
        driver.isolation_level = None
        cursor = driver.cursor()
        for pragma in (
            f"busy_timeout={_BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def began(connection: Connection) -> None:
        write = connection.get_execution_options().get(_WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", began)
