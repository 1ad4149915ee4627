"""Makes the register again in an index that lost it, from its notes beside the objects. While storage is
stopped."""

import asyncio

from shared.errors import BadInput
from shared.evidence.ledger import SignedHead
from shared.log import get_logger
from storage.index.ledger import LedgerRows, Register, Sealed
from storage.index.segments import SegmentRows
from storage.index.walk import Walk
from storage.lifecycle.ledger_notes import LedgerNotes, unpacked
from storage.recording.places import Places

_BATCH = 500


class LedgerRestore:
    """Three steps of reindexing, in this order: what heads say, what the index knows, what has no file."""

    def __init__(
        self, rows: LedgerRows, notes: LedgerNotes, segments: SegmentRows, walk: Walk, places: Places
    ) -> None:
        self._rows = rows
        self._notes = notes
        self._segments = segments
        self._walk = walk
        self._places = places

    async def restore(self, utc_ns: int) -> None:
        """Take over what is beside the objects, where the index has another or an older register, then enter
        what has a row and no leaf. `utc_ns` is when. Raises Unavailable.

        Where a note cannot be read the rest is lost: a new register begins at the next start.
        """
        beside = await asyncio.to_thread(self._notes.register)
        if beside is not None and not await self._agrees(beside):
            await self._rows.begin(beside)
            if not await self._replay(beside):
                # No register at all is begun anew, under another name, which control_room's journal tells.
                await asyncio.to_thread(self._notes.forget)
                await self._rows.end()
            await self._enter_missing()
        await self._enter_lost(utc_ns)

    async def _agrees(self, beside: Register) -> bool:
        """Whether the index has the newest head that is beside the objects."""
        if await self._rows.register() != beside:
            return False
        newest = await self._rows.newest()
        number = 1 if newest is None else newest.number + 1
        return await asyncio.to_thread(self._notes.read, beside.ledger, number) is None

    async def _replay(self, register: Register) -> bool:
        """Enter all heads again; False where one cannot be read."""
        number, previous = 1, None
        while (data := await asyncio.to_thread(self._notes.read, register.ledger, number)) is not None:
            try:
                update = unpacked(data)
                head = SignedHead(update.document, update.signature)
                told = head.read()
                if told.number != number or (previous is not None and told.previous != previous):
                    raise BadInput("a head does not follow the one before")
            except BadInput as error:
                get_logger("storage").error("ledger-note-unreadable", number=number, reason=error.detail)
                return False
            await self._rows.replay(register, Sealed(number, head), update.news)
            number, previous = number + 1, head.digest
        return True

    async def _enter_missing(self) -> None:
        """Enter every segment of the index that has no leaf."""
        key = ""
        while batch := await self._walk.after(key, _BATCH):
            key = batch[-1][0]
            await self._segments.enter_known([one for one, _ in batch])

    async def _enter_lost(self, utc_ns: int) -> None:
        """Enter as lost what has neither a row nor a file."""
        after = ("", "")
        while batch := await self._rows.living(after, _BATCH):
            after = batch[-1]
            gone = await asyncio.to_thread(
                lambda found: [one for one in found if self._is_gone(one[1])], batch
            )
            for tree in sorted({tree for tree, _ in gone}):
                keys = [key for owner, key in gone if owner == tree]
                get_logger("storage").error("segments-lost", tree=tree, count=len(keys))
                await self._rows.lost(tree, keys, utc_ns)

    def _is_gone(self, key: str) -> bool:
        """Whether there is no file. Raises OSError. Blocking."""
        return not self._places.spool.path(key).exists() and self._places.store.find(key) is None
