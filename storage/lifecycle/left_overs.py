"""Destroys on time what no row of the index names: what was set aside, what is left in the spool, and objects
that cannot be read."""

import asyncio
from collections.abc import Callable

from shared.clock import Clock
from shared.log import get_logger
from storage.index.dues import DueRows
from storage.index.segments import SegmentRows
from storage.model.deadline import DAY_NS, MAX_DAYS
from storage.model.segment import capture_of_spool_name, spool_name
from storage.objects.store import ObjectStore
from storage.recording.left_files import LeftFile, LeftFiles
from storage.recording.survey import read_object

MOST_OBJECTS = 1000


class LeftOvers:
    """Called by each run of retention that may destroy. A file's name says of what it is, and when.

    Each file is judged and destroyed in one `turn`, so that a hold is placed before it or after it. Objects
    that cannot be read are named by the scrub. At most MOST_OBJECTS that are due wait for the next run: one
    that finds no room is named again by the scrub's next lap.
    """

    def __init__(
        self,
        store: ObjectStore,
        files: LeftFiles,
        rows: SegmentRows,
        dues: DueRows,
        turn: asyncio.Lock,
        clock: Clock,
        *,
        is_open: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._files = files
        self._rows = rows
        self._dues = dues
        self._turn = turn
        self._objects: dict[str, None] = {}
        self._clock = clock
        self._is_open = is_open
        self._log = get_logger("storage")

    async def sweep_once(self) -> int:
        """Destroy what is due; how many. Raises OSError, Unavailable."""
        now_ns, destroyed = self._clock.utc_ns(), 0
        for file in await asyncio.to_thread(self._files.all):
            async with self._turn:
                if await self._is_due(file, now_ns):
                    await asyncio.to_thread(self._files.remove, file)
                    self._log.error("unreadable-footage-destroyed", file=file.name)
                    destroyed += 1
        await asyncio.to_thread(self._files.count)
        for key in list(self._objects):
            async with self._turn:
                destroyed += await self._destroy_object(key, now_ns)
            del self._objects[key]
        return destroyed

    async def unreadable(self, key: str) -> None:
        """Take note of an object that has no row and cannot be read, where it is due. Raises Unavailable."""
        if len(self._objects) < MOST_OBJECTS and await self._is_object_due(key, self._clock.utc_ns()):
            self._objects[key] = None

    async def _destroy_object(self, key: str, now_ns: int) -> bool:
        # All may have changed since the scrub named it: the clock, the row, the file itself.
        if not await self._is_object_due(key, now_ns):
            return False
        if not isinstance(await asyncio.to_thread(read_object, self._store, key), str):
            return False
        destroyed = await asyncio.to_thread(self._store.remove, key)
        if destroyed:
            self._log.error("unreadable-footage-destroyed", file=key)
        return destroyed

    async def _is_object_due(self, key: str, now_ns: int) -> bool:
        if await self._rows.get(key) is not None:
            return False
        found = await asyncio.to_thread(self._store.find, key)
        return found is not None and await self._is_old(spool_name(key), found.written_ns, now_ns)

    async def _is_due(self, file: LeftFile, now_ns: int) -> bool:
        if file.key is not None and (self._is_open(file.key) or await self._rows.get(file.key) is not None):
            return False
        written_ns = await asyncio.to_thread(self._files.written_ns, file)
        return written_ns is not None and await self._is_old(file.name, written_ns, now_ns)

    async def _is_old(self, name: str, written_ns: int, now_ns: int) -> bool:
        """Whether what a file of this name in the spool may hold is due, and not held."""
        capture = capture_of_spool_name(name)
        if capture is None:
            # Nobody can say of what it is: all of it is as old as its last byte at least.
            return written_ns + MAX_DAYS * DAY_NS <= now_ns
        stream, start_ns = capture
        if start_ns + DAY_NS > now_ns:
            return False
        return await self._dues.would_be_due(str(stream), start_ns, max(start_ns, written_ns) + 1, now_ns)
