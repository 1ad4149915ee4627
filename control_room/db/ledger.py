"""The register of captures and destructions in the database, as this service watches over it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import LedgerCameraRow, LedgerDayRow, LedgerHeadRow, LedgerRow
from control_room.model.ledger import Kept, KeptHead, Watched
from control_room.model.paging import Asked, Slice
from shared.evidence.ledger import Day, SignedHead
from shared.evidence.merkle import Frontier


class Ledgers:
    """Heads are appended and never changed; the trees are those of the newest."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def kept(self, ledger: str) -> Kept | None:
        """Where a register is, None for an unknown one."""
        row = await self._session.get(LedgerRow, ledger)
        if row is None:
            return None
        return Kept(row.ledger, row.public_key, row.began_ns, row.number, row.digest, row.at_ns)

    async def begin(self, kept: Kept) -> None:
        """Keep a new register."""
        self._session.add(
            LedgerRow(
                ledger=kept.ledger,
                public_key=kept.public_key,
                began_ns=kept.began_ns,
                number=kept.number,
                digest=kept.digest,
                at_ns=kept.at_ns,
            )
        )
        await self._session.flush()

    async def keep(self, kept: Kept, head: SignedHead, at: datetime) -> None:
        """Append a head, which is the newest now."""
        row = await self._session.get_one(LedgerRow, kept.ledger)
        row.number, row.digest, row.at_ns = kept.number, kept.digest, kept.at_ns
        self._session.add(
            LedgerHeadRow(
                ledger=kept.ledger,
                number=kept.number,
                document=head.document,
                signature=head.signature,
                digest=kept.digest,
                kept_at=at,
            )
        )

    async def digest(self, ledger: str, number: int) -> str | None:
        """The digest of a head that is kept."""
        row = await self._session.get(LedgerHeadRow, (ledger, number))
        return None if row is None else row.digest

    async def heads(self, asked: Asked, ledger: str | None) -> Slice[KeptHead]:
        """Heads of a register, the newest first; of the one that has the newest where none is named."""
        if ledger is None:
            newest = select(LedgerRow.ledger).order_by(LedgerRow.at_ns.desc()).limit(1)
            ledger = await self._session.scalar(newest)
        number = LedgerHeadRow.number
        query = select(LedgerHeadRow).where(LedgerHeadRow.ledger == ledger)
        before = asked.after(int)
        if before is not None:
            query = query.where(number < before[0])
        rows = (await self._session.scalars(query.order_by(number.desc()).limit(asked.limit + 1))).all()
        found = [
            KeptHead(row.ledger, row.number, SignedHead(row.document, row.signature), row.kept_at)
            for row in rows
        ]
        return asked.cut(found, [(row.number,) for row in rows])

    async def watched(self, ledger: str, stream: str, day: str) -> Watched:
        """The trees of a stream and day; empty ones where nothing was told."""
        row = await self._session.get(LedgerCameraRow, (ledger, day, stream))
        return Watched(stream, day) if row is None else _watched(row)

    async def watch(self, ledger: str, watched: Watched) -> None:
        """Keep the trees of a stream and day."""
        await self._session.merge(
            LedgerCameraRow(
                ledger=ledger,
                day=watched.day,
                stream=watched.stream,
                captured=watched.captured.size,
                captured_peaks=watched.captured.packed(),
                destroyed=watched.destroyed.size,
                destroyed_peaks=watched.destroyed.packed(),
            )
        )

    async def cameras(self, ledger: str, day: str) -> list[Watched]:
        """All that was told of a day."""
        await self._session.flush()
        mine = (LedgerCameraRow.ledger == ledger, LedgerCameraRow.day == day)
        rows = await self._session.scalars(select(LedgerCameraRow).where(*mine))
        return [_watched(row) for row in rows]

    async def put_day(self, ledger: str, day: Day) -> None:
        """Keep the root of a day."""
        await self._session.merge(
            LedgerDayRow(ledger=ledger, day=day.day, cameras=day.cameras, root=day.root)
        )

    async def days(self, ledger: str) -> list[Day]:
        """All days, in order."""
        await self._session.flush()
        statement = select(LedgerDayRow.day, LedgerDayRow.cameras, LedgerDayRow.root).where(
            LedgerDayRow.ledger == ledger
        )
        found = (await self._session.execute(statement)).all()
        return sorted((Day(*row) for row in found), key=lambda one: one.day)


def _watched(row: LedgerCameraRow) -> Watched:
    captured = Frontier.unpacked(row.captured, row.captured_peaks)
    return Watched(row.stream, row.day, captured, Frontier.unpacked(row.destroyed, row.destroyed_peaks))
