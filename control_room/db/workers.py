"""Worker credentials in the database, by the hash of their token."""

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import CommuneRow, WorkerKeyRow, WorkerRow
from control_room.model.paging import Asked, Slice
from control_room.model.territory import KnownWorker, Worker
from shared.errors import NotFound
from shared.reasons import why

MOST_KEYS = 8
"""Of a credential; whatever it is used with beyond that is judged by its file alone."""


class Workers:
    """Credentials of ingest workers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_token(self, token_hash: str, key: str | None = None) -> KnownWorker | None:
        """Who has a token of this hash, and tells this tap key. One query: each worker asks once a second."""
        kept = select(func.count()).where(WorkerKeyRow.worker == WorkerRow.id)
        query = (
            select(
                WorkerRow.id,
                WorkerRow.commune,
                CommuneRow.revision,
                kept.scalar_subquery(),
                kept.where(WorkerKeyRow.key == key).scalar_subquery(),
            )
            .join(CommuneRow, CommuneRow.code == WorkerRow.commune)
            .where(WorkerRow.token_hash == token_hash)
        )
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            return None
        return KnownWorker(row[0], row[1], row[2], key is not None and row[3] < MOST_KEYS and not row[4])

    async def tells(self, worker: KnownWorker, key: str) -> None:
        """Keep a tap key that a credential is used with."""
        self._session.add(WorkerKeyRow(worker=worker.id, key=key, commune=worker.commune))

    async def ended_keys(self) -> dict[str, frozenset[str]]:
        """By commune, the tap keys of credentials that were taken back, and of none that is left."""
        lives = select(WorkerRow.id).where(WorkerRow.id == WorkerKeyRow.worker).exists()
        rows = (await self._session.execute(select(WorkerKeyRow.commune, WorkerKeyRow.key, lives))).all()
        living = {(commune, key) for commune, key, alive in rows if alive}
        ended: dict[str, set[str]] = {}
        for commune, key, _ in rows:
            if (commune, key) not in living:
                ended.setdefault(commune, set()).add(key)
        return {commune: frozenset(keys) for commune, keys in ended.items()}

    async def communes(self) -> frozenset[str]:
        """The communes that have a credential."""
        return frozenset(await self._session.scalars(select(WorkerRow.commune).distinct()))

    async def page(self, commune: str, asked: Asked) -> Slice[Worker]:
        """The credentials of a commune, by id."""
        query = select(WorkerRow).where(WorkerRow.commune == commune)
        after = asked.after(str)
        if after is not None:
            query = query.where(WorkerRow.id > after[0])
        rows = await self._session.scalars(query.order_by(WorkerRow.id).limit(asked.limit + 1))
        found = [Worker(row.id, row.commune, row.name, row.created_at) for row in rows]
        return asked.cut(found, [(worker.id,) for worker in found])

    async def add(self, worker: Worker, token_hash: str) -> None:
        """Keep a new credential."""
        self._session.add(
            WorkerRow(
                id=worker.id,
                commune=worker.commune,
                name=worker.name,
                created_at=worker.created_at,
                token_hash=token_hash,
            )
        )

    async def remove(self, commune: str, worker_id: str) -> None:
        """Take a credential back. Raises NotFound."""
        gone = await self._session.execute(
            delete(WorkerRow)
            .where(WorkerRow.id == worker_id, WorkerRow.commune == commune)
            .returning(WorkerRow.id)
        )
        if gone.scalar_one_or_none() is None:
            raise NotFound(why("no-worker", "the commune {commune} has no such worker", commune=commune))
