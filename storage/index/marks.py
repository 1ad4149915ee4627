"""Small facts about the index as a whole: which store it belongs to, how far it has followed it."""

from sqlalchemy import delete, select

from storage.index.database import Database
from storage.index.tables import meta


class Marks:
    """A name and a text each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        async with self._database.read() as connection:
            statement = select(meta.c.value).where(meta.c.name == name)
            value: str | None = (await connection.execute(statement)).scalar()
        return value

    async def set(self, name: str, value: str) -> None:
        insert = self._database.insert(meta).values(name=name, value=value)
        statement = insert.on_conflict_do_update(index_elements=["name"], set_={"value": value})
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def starting(self, prefix: str) -> list[str]:
        """The names that begin with a text, in order."""
        statement = select(meta.c.name).where(meta.c.name.startswith(prefix, autoescape=True))
        async with self._database.read() as connection:
            return sorted((await connection.execute(statement)).scalars())

    async def clear(self, name: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(meta).where(meta.c.name == name))
