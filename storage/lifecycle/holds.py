"""Holds: each lives in the index and beside the objects, and wins over destruction not yet done."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from shared.causes import cause_of
from shared.errors import BeffroiError, Unavailable
from shared.log import get_logger
from shared.reasons import Reason, why
from storage.index.holds import Hold, HoldRows
from storage.index.reprieve import Reprieve
from storage.lifecycle.hold_files import HoldFiles
from storage.model.segment import SegmentState
from storage.recording.places import Places


class Holds:
    """Every change of holds passes here. `turn` is held by whoever condemns, destroys or changes holds."""

    def __init__(
        self, rows: HoldRows, files: HoldFiles, reprieve: Reprieve, places: Places, turn: asyncio.Lock
    ) -> None:
        self._rows = rows
        self._files = files
        self._reprieve = reprieve
        self._places = places
        self._turn = turn
        self._restored = False
        self._log = get_logger("storage")

    async def put(self, hold: Hold) -> None:
        """Set a hold, in place of the one with the same id and stream. Raises Unavailable.

        When this returns it lasts, and what was condemned of its range but still there is so no more.
        """
        async with self._turn:
            await self._put([hold])

    async def remove(self, id: str) -> None:
        """End a hold on every stream it keeps; an unknown one is no error. Raises Unavailable."""
        async with self._turn:
            await asyncio.to_thread(self._files.remove, id)
            await self._rows.remove(id)

    async def ids(self) -> set[str]:
        """The id of every hold."""
        return await self._rows.ids()

    async def all(self) -> list[Hold]:
        """Every hold on every stream."""
        return await self._rows.all()

    async def restore(self) -> int:
        """Give the index the holds that only files know, and files the ones that only the index knows.

        How many were missing on either side. Raises Unavailable.
        """
        async with self._turn:
            found = await asyncio.to_thread(self._files.all)
            filed = {(hold.id, hold.stream): hold for hold in found.holds}
            known = {(hold.id, hold.stream): hold for hold in await self._rows.all()}
            wanted = {place: _widest(filed.get(place), known.get(place)) for place in {**filed, **known}}
            unfiled = [hold for place, hold in wanted.items() if filed.get(place) != hold]
            if unfiled:
                await asyncio.to_thread(self._files.write, unfiled)
            for hold in wanted.values():
                await self._rows.put(hold)
                await self._reprieved(hold)
            unknown = sum(known.get(place) != hold for place, hold in wanted.items())
            if unfiled or unknown:
                self._log.warning("holds-restored", to_index=unknown, to_files=len(unfiled))
            self._restored = True
            return unknown + len(unfiled)

    async def reason_to_refuse(self) -> str | Reason | None:
        """Why destruction must wait: holds are not read yet, or one of them cannot be."""
        try:
            if not self._restored:
                await self.restore()
            found = await asyncio.to_thread(self._files.all)
        except BeffroiError as error:
            return error.told
        if found.unreadable:
            return why(
                "hold-unreadable",
                "a hold beside the objects cannot be read: {file}",
                file=found.unreadable[0],
            )
        return None

    async def _put(self, holds: Sequence[Hold]) -> None:
        try:
            await asyncio.to_thread(self._files.write, holds)
        except BeffroiError:
            # It keeps what waits in the spool for a store that is away; its file follows before anything in
            # the store can be destroyed.
            self._restored = False
            for hold in holds:
                await self._rows.put(hold)
            raise
        for hold in holds:
            await self._rows.put(hold)
            await self._reprieved(hold)

    async def _reprieved(self, hold: Hold) -> None:
        keys = await self._reprieve.condemned(hold.stream, hold.start_ns, hold.end_ns)
        if not keys:
            return
        try:
            stored, spooled = await asyncio.to_thread(self._still_there, keys)
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error
        await self._reprieve.grant(stored, SegmentState.STORED)
        await self._reprieve.grant(spooled, SegmentState.CLOSED)
        if stored or spooled:
            self._log.info("segments-reprieved", hold=hold.id, count=len(stored) + len(spooled))

    def _still_there(self, keys: Sequence[str]) -> tuple[list[str], list[str]]:
        stored = [key for key in keys if self._places.store.find(key) is not None]
        elsewhere = set(keys) - set(stored)
        return stored, [key for key in elsewhere if self._places.spool.size(key) is not None]


def _widest(one: Hold | None, other: Hold | None) -> Hold:
    """What keeps all that either keeps."""
    if one is None or other is None:
        found = one or other
        assert found is not None
        return found
    return replace(one, start_ns=min(one.start_ns, other.start_ns), end_ns=max(one.end_ns, other.end_ns))
