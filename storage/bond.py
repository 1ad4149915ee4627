"""The bond between an index and its object store: each must be the other's, or nothing is destroyed."""

import asyncio
import uuid

from shared.errors import BeffroiError
from storage.index.database import Database
from storage.index.segments import SegmentRows
from storage.objects import FolderStore

_REINDEX = "run `python -m storage reindex`"


class StoreBond:
    """Tells why destruction must be refused: a lost, foreign, empty or outdated index, or a lost store."""

    def __init__(self, database: Database, rows: SegmentRows, store: FolderStore) -> None:
        self._database = database
        self._rows = rows
        self._store = store

    async def establish(self) -> None:
        """At start: name a store that has no objects yet, and an index that knows none."""
        name, known = await asyncio.to_thread(self._store.name), await self._rows.store_name()
        if name is None and known is None and await asyncio.to_thread(self._store.is_empty):
            name = uuid.uuid4().hex
            await asyncio.to_thread(self._store.found, name)
        if name is not None and known is None and await asyncio.to_thread(self._store.is_empty):
            await self._rows.belong_to(name)

    async def renew(self) -> None:
        """After the index was made again from the files: they belong together now."""
        name = await asyncio.to_thread(self._store.name)
        if name is None:
            name = uuid.uuid4().hex
            await asyncio.to_thread(self._store.found, name)
        await self._rows.belong_to(name)

    async def reason_to_refuse(self) -> str | None:
        """One sentence, or None where index and store belong together and the index knows the newest."""
        try:
            return await self._reason()
        except (BeffroiError, OSError) as error:
            return error.detail if isinstance(error, BeffroiError) else f"the store cannot be read: {error}"

    async def _reason(self) -> str | None:
        if self._database.missing:
            return "the file of the index is gone"
        name, known = await asyncio.to_thread(self._store.name), await self._rows.store_name()
        if name is None:
            return "the object store's folder has no marker: is its disk mounted?"
        if known is None:
            return f"the index is new while there are recordings: {_REINDEX}"
        if name != known:
            return f"the index belongs to another object store: {_REINDEX}"
        newest = await asyncio.to_thread(lambda: list(self._store.newest_keys()))
        if newest and not (await self._rows.totals()):
            return f"the index is empty while there are recordings: {_REINDEX}"
        unknown = await self._rows.unknown(newest)
        if unknown:
            return f"the index is older than the recordings, it does not know {unknown[0]}: {_REINDEX}"
        return None
