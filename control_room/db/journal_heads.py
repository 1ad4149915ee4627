"""Signed heads of the journal in the database, and what stands for its erased entries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import JournalPastRow, JournalSignedRow
from control_room.model.paging import Asked, Slice
from control_room.model.signed_journal import KeptJournalHead, Past
from shared.evidence.journal_chain import Start
from shared.evidence.journal_head import SignedJournalHead
from shared.evidence.merkle import Frontier

_ONLY = 1


class JournalHeads:
    """Heads are appended; they go with the entries they are of, or thinned out, and are never changed."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def past(self) -> Past | None:
        """None before anything was signed."""
        row = await self._session.get(JournalPastRow, _ONLY)
        if row is None:
            return None
        return Past(row.journal, Start(Frontier.unpacked(row.size, row.peaks), row.last), row.trusted)

    async def begin(self, journal: str) -> Past:
        """The past of a journal of which nothing was signed yet."""
        past = Past(journal)
        self._session.add(JournalPastRow(id=_ONLY, journal=journal, size=0, peaks=b"", last=past.start.last))
        await self._session.flush()
        return past

    async def trust(self, at: datetime) -> None:
        """Keep the time that erasing believes in."""
        (await self._session.get_one(JournalPastRow, _ONLY)).trusted = at

    async def erased(self, head: KeptJournalHead) -> None:
        """Let a head stand for all entries up to it; those before it go."""
        row = await self._session.get_one(JournalPastRow, _ONLY)
        row.size, row.peaks, row.last = head.head.size, head.tree.packed(), head.head.last
        await self._session.execute(
            delete(JournalSignedRow).where(JournalSignedRow.number < head.head.number)
        )

    async def keep(self, kept: KeptJournalHead) -> None:
        """Append a head. Raises Conflict where somebody else was first."""
        self._session.add(
            JournalSignedRow(
                number=kept.head.number,
                size=kept.head.size,
                at_ns=kept.head.at_ns,
                document=kept.signed.document,
                signature=kept.signed.signature,
                peaks=kept.tree.packed(),
            )
        )
        await self._session.flush()

    async def newest(self) -> KeptJournalHead | None:
        """The newest head."""
        return await self._one(select(JournalSignedRow).order_by(JournalSignedRow.number.desc()))

    async def up_to(self, size: int) -> KeptJournalHead | None:
        """The newest head of at most so many entries."""
        query = select(JournalSignedRow).where(JournalSignedRow.size <= size)
        return await self._one(query.order_by(JournalSignedRow.number.desc()))

    async def longer_than(self, size: int, at_most: int | None = None) -> KeptJournalHead | None:
        """The newest head of more than `size` entries and at most `at_most`; else the first of more."""
        longer = select(JournalSignedRow).where(JournalSignedRow.size > size)
        if at_most is not None:
            within = longer.where(JournalSignedRow.size <= at_most)
            found = await self._one(within.order_by(JournalSignedRow.number.desc()))
            if found is not None:
                return found
        return await self._one(longer.order_by(JournalSignedRow.number))

    async def before(self, at_ns: int) -> KeptJournalHead | None:
        """The newest head that was signed before an instant."""
        query = select(JournalSignedRow).where(JournalSignedRow.at_ns < at_ns)
        return await self._one(query.order_by(JournalSignedRow.number.desc()))

    async def behind(self, number: int, most: int) -> list[KeptJournalHead]:
        """Heads of higher numbers, in order."""
        query = select(JournalSignedRow).where(JournalSignedRow.number > number)
        rows = await self._session.scalars(query.order_by(JournalSignedRow.number).limit(most))
        return [_kept(row) for row in rows]

    async def page(self, asked: Asked) -> Slice[KeptJournalHead]:
        """Heads, newest first."""
        query = select(JournalSignedRow).order_by(JournalSignedRow.number.desc()).limit(asked.limit + 1)
        before = asked.after(int)
        if before is not None:
            query = query.where(JournalSignedRow.number < before[0])
        found = [_kept(row) for row in await self._session.scalars(query)]
        return asked.cut(found, [(one.head.number,) for one in found])

    async def ends(self, erased: int) -> list[KeptJournalHead]:
        """The newest head, and the one of the entries that were erased: these fix all others."""
        newest = await self.newest()
        stands = await self.up_to(erased) if erased else None
        return [head for head in (stands, newest) if head is not None]

    async def instants(self, before_ns: int, behind: int, most: int) -> Sequence[tuple[int, int]]:
        """Numbers and instants of heads signed before an instant, of numbers above `behind`, in order."""
        query = select(JournalSignedRow.number, JournalSignedRow.at_ns)
        query = query.where(JournalSignedRow.at_ns < before_ns, JournalSignedRow.number > behind)
        rows = await self._session.execute(query.order_by(JournalSignedRow.number).limit(most))
        return [(number, at_ns) for number, at_ns in rows]

    async def drop(self, numbers: Sequence[int]) -> None:
        """Forget heads; those that stay fix the same entries."""
        await self._session.execute(delete(JournalSignedRow).where(JournalSignedRow.number.in_(numbers)))

    async def _one(self, query: Select[JournalSignedRow]) -> KeptJournalHead | None:
        row = await self._session.scalar(query.limit(1))
        return None if row is None else _kept(row)


def _kept(row: JournalSignedRow) -> KeptJournalHead:
    signed = SignedJournalHead(row.document, row.signature)
    return KeptJournalHead(signed.read(), signed, Frontier.unpacked(row.size, row.peaks))
