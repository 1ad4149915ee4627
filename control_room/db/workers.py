"""Worker credentials in the database, by the hash of their token."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import CommuneRow, WorkerRow
from control_room.model.paging import Asked, Slice
from control_room.model.territory import KnownWorker, Worker
from shared.errors import NotFound
from shared.reasons import why


class Workers:
    """Credentials of ingest workers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_token(self, token_hash: str) -> KnownWorker | None:
        """Who has a token of this hash. One query: each worker asks once a second."""
        query = (
            select(WorkerRow.id, WorkerRow.commune, CommuneRow.revision)
            .join(CommuneRow, CommuneRow.code == WorkerRow.commune)
            .where(WorkerRow.token_hash == token_hash)
        )
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else KnownWorker(row[0], row[1], row[2])

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
