"""People in the database."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import CommuneRow, PersonCommuneRow, PersonRow
from control_room.model.paging import Asked, Slice
from control_room.model.people import Person, Role
from shared.errors import BadInput, Conflict, NotFound
from shared.reasons import why


class People:
    """People and the communes they are bound to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, person_id: str) -> Person:
        """One person. Raises NotFound."""
        row = await self._session.get(PersonRow, person_id)
        if row is None:
            raise NotFound(why("no-person", "there is no such person"))
        return (await self._persons([row]))[0]

    async def named(self, ids: Collection[str]) -> list[Person]:
        """Those of the people with these ids that there are."""
        return await self._persons(
            (await self._session.scalars(select(PersonRow).where(PersonRow.id.in_(ids)))).all()
        )

    async def by_login(self, login: str) -> tuple[Person, str] | None:
        """A person and the hash of their password, by login."""
        row = await self._session.scalar(select(PersonRow).where(PersonRow.login == login))
        return None if row is None else ((await self._persons([row]))[0], row.password_hash)

    async def page(self, asked: Asked) -> Slice[Person]:
        """People by login."""
        query = select(PersonRow).order_by(PersonRow.login).limit(asked.limit + 1)
        after = asked.after(str)
        if after is not None:
            query = query.where(PersonRow.login > after[0])
        people = await self._persons((await self._session.scalars(query)).all())
        return asked.cut(people, [(person.login,) for person in people])

    async def count(self) -> int:
        """How many people there are."""
        return await self._session.scalar(select(func.count()).select_from(PersonRow)) or 0

    async def count_administrators(self) -> int:
        """How many administrators can sign in."""
        query = select(func.count()).where(PersonRow.kind == Role.ADMIN, PersonRow.enabled)
        return await self._session.scalar(query) or 0

    async def add(self, person: Person, password_hash: str) -> None:
        """Keep a new person. Raises Conflict when the login is taken, BadInput on an unknown commune."""
        if await self.by_login(person.login) is not None:
            raise Conflict(why("login-taken", "the login {login} is taken", login=person.login), "login")
        self._session.add(
            PersonRow(
                id=person.id,
                login=person.login,
                name=person.name,
                kind=person.role,
                enabled=person.enabled,
                rights_version=person.rights_version,
                password_hash=password_hash,
            )
        )
        await self._session.flush()
        await self._bind(person.id, person.communes)

    async def change(self, person: Person, password_hash: str | None = None) -> None:
        """Keep a changed person, with a new password where one is given."""
        row = await self._session.get_one(PersonRow, person.id)
        row.name, row.kind, row.enabled = person.name, person.role, person.enabled
        row.rights_version = person.rights_version
        if password_hash is not None:
            row.password_hash = password_hash
        await self._session.execute(delete(PersonCommuneRow).where(PersonCommuneRow.person == person.id))
        await self._bind(person.id, person.communes)

    async def remove(self, person_id: str) -> None:
        """Forget a person."""
        await self._session.execute(delete(PersonRow).where(PersonRow.id == person_id))

    async def _bind(self, person_id: str, communes: Iterable[str]) -> None:
        codes = set(communes)
        known = set(await self._session.scalars(select(CommuneRow.code).where(CommuneRow.code.in_(codes))))
        if codes - known:
            raise BadInput(
                why("no-commune", "there is no commune {commune}", commune=min(codes - known)), "communes"
            )
        self._session.add_all(PersonCommuneRow(person=person_id, commune=code) for code in sorted(codes))
        await self._session.flush()

    async def _persons(self, rows: Sequence[PersonRow]) -> list[Person]:
        bound: dict[str, set[str]] = {row.id: set() for row in rows}
        query = select(PersonCommuneRow).where(PersonCommuneRow.person.in_(bound))
        for tie in await self._session.scalars(query):
            bound[tie.person].add(tie.commune)
        return [
            Person(
                id=row.id,
                login=row.login,
                name=row.name,
                role=Role(row.kind),
                communes=frozenset(bound[row.id]),
                enabled=row.enabled,
                rights_version=row.rights_version,
            )
            for row in rows
        ]
