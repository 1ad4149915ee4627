"""Communes in the database."""

from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import CameraRow, CommuneRow
from control_room.model.paging import Asked, Slice
from control_room.model.territory import Commune
from shared.errors import Conflict, NotFound
from shared.reasons import why


class Communes:
    """Communes by their code."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, code: str) -> Commune:
        """One commune. Raises NotFound."""
        row = await self._session.get(CommuneRow, code)
        if row is None:
            raise NotFound(why("no-commune", "there is no commune {commune}", commune=code))
        return _commune(row)

    async def codes(self) -> list[str]:
        """The codes of all communes."""
        return list(await self._session.scalars(select(CommuneRow.code).order_by(CommuneRow.code)))

    async def page(self, asked: Asked, codes: Collection[str]) -> Slice[Commune]:
        """Those of `codes`, in order."""
        query = select(CommuneRow).where(CommuneRow.code.in_(codes))
        after = asked.after(str)
        if after is not None:
            query = query.where(CommuneRow.code > after[0])
        rows = await self._session.scalars(query.order_by(CommuneRow.code).limit(asked.limit + 1))
        found = [_commune(row) for row in rows]
        return asked.cut(found, [(commune.code,) for commune in found])

    async def add(self, commune: Commune) -> None:
        """Keep a new commune. Raises Conflict when there is one of this code."""
        if await self._session.get(CommuneRow, commune.code) is not None:
            raise Conflict(
                why("commune-taken", "there is a commune {code} already", code=commune.code), "code"
            )
        self._session.add(
            CommuneRow(
                code=commune.code,
                name=commune.name,
                population=commune.population,
                has_csu=commune.has_csu,
                revision=1,
            )
        )

    async def change(self, commune: Commune) -> None:
        """Keep a changed commune."""
        row = await self._session.get_one(CommuneRow, commune.code)
        row.name, row.population, row.has_csu = commune.name, commune.population, commune.has_csu

    async def remove(self, code: str) -> None:
        """Forget a commune, its workers and people's ties to it. Raises Conflict while it has cameras."""
        cameras = await self._session.scalar(
            select(func.count()).select_from(CameraRow).where(CameraRow.commune == code)
        )
        if cameras:
            raise Conflict(
                why(
                    "commune-has-cameras",
                    "the commune {commune} still has {cameras} cameras: remove them first",
                    commune=code,
                    cameras=cameras,
                )
            )
        await self._session.execute(delete(CommuneRow).where(CommuneRow.code == code))

    async def touch(self, code: str) -> None:
        """Note that a camera of the commune changed."""
        await self._session.execute(
            update(CommuneRow).where(CommuneRow.code == code).values(revision=CommuneRow.revision + 1)
        )

    async def revisions(self) -> dict[str, int]:
        """The revision of each commune's cameras."""
        rows = await self._session.execute(select(CommuneRow.code, CommuneRow.revision))
        return {row.code: row.revision for row in rows}


def _commune(row: CommuneRow) -> Commune:
    return Commune(row.code, row.name, row.population, row.has_csu)
