"""The journal in the database: appended to and read, never changed."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import JournalHeadRow, JournalRow
from control_room.model.chain import GENESIS, follow, told_at
from control_room.model.journal import AuditAction, AuditEvent, Filter, JournalEntry, Outcome
from control_room.model.paging import Asked, Slice
from shared.evidence.journal_chain import Line

_HEAD = 1
_BATCH = 2000
_COLUMNS = {field.name: "person" if field.name == "who" else field.name for field in fields(AuditEvent)}
_LINE = (
    JournalRow.seq,
    JournalRow.at,
    JournalRow.previous,
    JournalRow.hash,
    *(getattr(JournalRow, column) for column in _COLUMNS.values()),
)


class Journal:
    """The one place where entries are written."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def write(self, at: datetime, *events: AuditEvent) -> None:
        """Append events. They are in the journal once the transaction is kept."""
        head = await self._head(lock=True)
        for event in events:
            entry = follow(head.seq + 1, at, event, head.hash)
            columns = {column: getattr(event, name) for name, column in _COLUMNS.items()}
            self._session.add(
                JournalRow(seq=entry.seq, at=at, previous=entry.previous, hash=entry.hash, **columns)
            )
            head.seq, head.hash = entry.seq, entry.hash
        await self._session.flush()

    async def page(self, asked: Asked, wanted: Filter) -> Slice[JournalEntry]:
        """Entries, newest first."""
        query = select(JournalRow).order_by(JournalRow.seq.desc()).limit(asked.limit + 1)
        before = asked.after(int)
        if before is not None:
            query = query.where(JournalRow.seq < before[0])
        if wanted.communes is not None:
            query = query.where(JournalRow.commune.in_(wanted.communes))
        if wanted.camera is not None:
            query = query.where(JournalRow.camera == wanted.camera)
        if wanted.person is not None:
            query = query.where(JournalRow.person == wanted.person)
        if wanted.start is not None:
            query = query.where(JournalRow.at >= wanted.start)
        if wanted.end is not None:
            query = query.where(JournalRow.at < wanted.end)
        found = [_entry(row) for row in await self._session.scalars(query)]
        return asked.cut(found, [(entry.seq,) for entry in found])

    async def refused_to_machines(
        self, action: AuditAction, since: datetime, most: int
    ) -> list[JournalEntry]:
        """What no person asked for and was refused, of one kind, newest first."""
        query = (
            select(JournalRow)
            # By their index: these are few among what people do.
            .where(JournalRow.person == "", JournalRow.at >= since)
            .where(JournalRow.action == action.value, JournalRow.outcome == Outcome.REFUSED.value)
            .order_by(JournalRow.seq.desc())
            .limit(most)
        )
        return [_entry(row) for row in await self._session.scalars(query)]

    async def end(self) -> tuple[int, str]:
        """Number and hash of the last entry, as they were noted when it was written."""
        head = await self._head(lock=False)
        return head.seq, head.hash

    async def lines(self, after: int, up_to: int | None = None) -> AsyncIterator[list[Line]]:
        """Entries behind `after`, in order, some thousand at a time, as they are checked."""
        query = select(*_LINE).where(JournalRow.seq > after).order_by(JournalRow.seq)
        if up_to is not None:
            query = query.where(JournalRow.seq <= up_to)
        while True:
            rows = (await self._session.execute(query.where(JournalRow.seq > after).limit(_BATCH))).all()
            if not rows:
                return
            yield [_line(row) for row in rows]
            after = rows[-1][0]

    async def hashes(self, after: int, up_to: int) -> list[str]:
        """Hashes of entries behind `after` up to `up_to`, in order."""
        wanted = (JournalRow.seq > after, JournalRow.seq <= up_to)
        query = select(JournalRow.hash).where(*wanted).order_by(JournalRow.seq)
        return list(await self._session.scalars(query))

    async def erase(self, up_to: int) -> None:
        """Take away the first entries: a signed head stands for them."""
        await self._session.execute(delete(JournalRow).where(JournalRow.seq <= up_to))

    async def _head(self, *, lock: bool) -> JournalHeadRow:
        query = select(JournalHeadRow).where(JournalHeadRow.id == _HEAD)
        head = await self._session.scalar(query.with_for_update() if lock else query)
        if head is None:
            head = JournalHeadRow(id=_HEAD, seq=0, hash=GENESIS)
            if lock:
                self._session.add(head)
        return head


def _entry(row: JournalRow) -> JournalEntry:
    values: dict[str, str] = {name: getattr(row, column) for name, column in _COLUMNS.items()}
    action, outcome = AuditAction(values.pop("action")), Outcome(values.pop("outcome"))
    event = AuditEvent(action, outcome, **values)
    return JournalEntry(row.seq, row.at, event, row.previous, row.hash)


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    seq, at, previous, own, *values = row
    # SQLAlchemy has no type for columns that are named by others.
    return Line(seq, told_at(at), dict(zip(_COLUMNS, values, strict=True)), previous, own)
