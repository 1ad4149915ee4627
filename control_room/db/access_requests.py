"""Access requests of people who were filmed, in the database."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.desk_tables import AccessRequestRow
from control_room.model.access_requests import AccessRequest, AccessStatus
from control_room.model.paging import Asked, Slice
from shared.errors import NotFound
from shared.messages.codec import decode, encode
from shared.reasons import why


class AccessRequests:
    """A request that has ended stays, with its answer."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, request_id: str) -> AccessRequest:
        """One request. Raises NotFound."""
        return decode(AccessRequest, (await self._row(request_id)).body)

    async def page(
        self, asked: Asked, communes: Collection[str], status: AccessStatus | None
    ) -> Slice[AccessRequest]:
        """Those of these communes, newest first; of one status where it is given."""
        query = select(AccessRequestRow).where(AccessRequestRow.commune.in_(communes))
        before = asked.after(int)
        if before is not None:
            query = query.where(AccessRequestRow.number < before[0])
        if status is not None:
            query = query.where(AccessRequestRow.status == status)
        query = query.order_by(AccessRequestRow.number.desc()).limit(asked.limit + 1)
        rows = (await self._session.scalars(query)).all()
        return asked.cut([decode(AccessRequest, row.body) for row in rows], [(row.number,) for row in rows])

    async def add(self, request: AccessRequest) -> None:
        """Keep a new request."""
        self._session.add(
            AccessRequestRow(
                id=request.id, commune=request.commune, status=request.status, body=encode(request)
            )
        )

    async def change(self, request: AccessRequest) -> None:
        """Keep what has become of a request."""
        row = await self._row(request.id)
        row.status, row.body = request.status, encode(request)

    async def _row(self, request_id: str) -> AccessRequestRow:
        row = await self._session.scalar(select(AccessRequestRow).where(AccessRequestRow.id == request_id))
        if row is None:
            raise NotFound(why("no-access-request", "there is no such access request"))
        return row
