"""The bond between an index and its object store: each must be the other's, or nothing is destroyed."""

import asyncio
import uuid
from functools import partial

from shared.causes import cause_of, technical
from shared.errors import BeffroiError, Unavailable
from shared.log import get_logger
from shared.reasons import Reason, why
from storage.index.database import Database
from storage.index.segments import SegmentRows
from storage.lifecycle.generation import Generation
from storage.objects.marker import found_store, store_name
from storage.objects.store import ObjectStore, newest_keys
from storage.recording.survey import read_object

_REINDEX = "run `python -m storage reindex`"
_BROKEN = ".beffroi-broken"


class StoreBond:
    """Tells why destruction must be refused: a lost, foreign, empty or outdated index, or a lost store.

    What was found once to be missing in the index is written down beside the objects: nothing that is
    recorded later makes it whole, only an index made again from the files does.
    """

    def __init__(
        self, database: Database, rows: SegmentRows, store: ObjectStore, generation: Generation
    ) -> None:
        self._database = database
        self._rows = rows
        self._store = store
        self._generation = generation
        self._broken: str | None = None
        self._looked = False
        self._log = get_logger("storage")

    async def establish(self) -> None:
        """At start: name a store without objects, and an index that knows none. Raises Unavailable."""
        name, known = await self._name(), await self._rows.store_name()
        if name is None and known is None and await self._is_empty():
            name = uuid.uuid4().hex
            await asyncio.to_thread(found_store, self._store.notes, name)
        if name is not None and known is None and await self._is_empty():
            await self._rows.belong_to(name)
            await self._generation.begin()

    async def renew(self) -> None:
        """After the index was made again from the files: they belong together now."""
        name = await self._name()
        if name is None:
            name = uuid.uuid4().hex
            await asyncio.to_thread(found_store, self._store.notes, name)
        await self._rows.belong_to(name)
        await self._generation.begin_all()
        try:
            await asyncio.to_thread(self._store.notes.remove, _BROKEN)
        except OSError as error:
            raise Unavailable(f"the object store cannot be written: {error.strerror}") from error
        self._broken, self._looked = None, False

    async def join(self) -> None:
        """At the start of one of several processes: begin its own steps, where it has taken none yet.

        Raises Unavailable. Whether the index is the store's is judged by the steps of all.
        """
        if not await self._generation.begun():
            await self._generation.begin()

    async def stored(self) -> None:
        """An object was stored and its row is there. Raises Unavailable."""
        await self._generation.advance()

    async def broken(self, reason: str) -> None:
        """The index lacks something that is in the store: refuse until it was made again."""
        if self._broken is None:
            self._log.error("index-incomplete", reason=reason)
        self._broken = reason
        try:
            await asyncio.to_thread(self._store.notes.write, _BROKEN, f"{reason}\n".encode())
        except OSError as error:
            # It stays known while this process lives, and is found again by the next.
            self._log.error("index-incomplete-not-kept", reason=error.strerror or str(error))

    async def reason_to_refuse(self) -> str | Reason | None:
        """Why, or None where index and store belong together and the index lacks nothing known."""
        try:
            return await self._reason()
        except (BeffroiError, OSError) as error:
            if isinstance(error, BeffroiError):
                return error.told
            return why("store-unreadable", "the store cannot be read: {cause}", cause=cause_of(error))

    async def _reason(self) -> Reason | None:
        if self._database.missing:
            return why("index-gone", "the file of the index is gone")
        name, known = await self._name(), await self._rows.store_name()
        if name is None:
            return why("store-unmarked", "the object store's folder has no marker: is its disk mounted?")
        if known is None:
            return why("index-new", "the index is new while there are recordings: {mend}", mend=_REINDEX)
        if name != known:
            return why("index-foreign", "the index belongs to another object store: {mend}", mend=_REINDEX)
        written = await asyncio.to_thread(self._store.notes.read, _BROKEN)
        reason = (written or b"").decode(errors="replace").strip() or self._broken
        if reason is None:
            reason = await self._generation.mismatch() or await self._lacking()
            if reason is not None:
                await self.broken(reason)
        if reason is None:
            return None
        return why("index-incomplete", "{cause}: {mend}", cause=technical(reason), mend=_REINDEX)

    async def _name(self) -> str | None:
        return await asyncio.to_thread(store_name, self._store.notes)

    async def _is_empty(self) -> bool:
        try:
            return not await asyncio.to_thread(partial(self._store.keys, most=1))
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error

    async def _lacking(self) -> str | None:
        """Look once whether the index knows the newest objects; the scrub looks at all of them for ever."""
        if self._looked:
            return None
        newest = await asyncio.to_thread(newest_keys, self._store)
        unknown = [
            key
            for key in await self._rows.unknown(newest)
            # One that was destroyed between the two looks is no trouble, nor is what no index could know.
            if not isinstance(await asyncio.to_thread(read_object, self._store, key), str)
        ]
        if unknown and not await self._rows.totals():
            return "the index is empty while there are recordings"
        if unknown:
            return f"the index is older than the recordings, it does not know {unknown[0]}"
        if not await self._generation.begun():
            await self._generation.begin()
        self._looked = True
        return None
