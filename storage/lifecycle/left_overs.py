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

    async def overdue_ns(self, now_ns: int) -> int:
        """How long before `now_ns` the oldest of what is left should have been destroyed, 0 for none.

        Raises OSError, Unavailable.
        """
        dues = [await self._file_due_ns(file, now_ns) for file in await asyncio.to_thread(self._files.all)]
        dues += [await self._object_due_ns(key, now_ns) for key in list(self._objects)]
        return max(0, now_ns - min((due for due in dues if due is not None), default=now_ns))

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
        return await self._object_due_ns(key, now_ns) is not None

    async def _object_due_ns(self, key: str, now_ns: int) -> int | None:
        """When an object without a row was due, None where it is not yet, has one, is held or gone."""
        if await self._rows.get(key) is not None:
            return None
        found = await asyncio.to_thread(self._store.find, key)
        return None if found is None else await self._due_ns(spool_name(key), found.written_ns, now_ns)

    async def _is_due(self, file: LeftFile, now_ns: int) -> bool:
        return await self._file_due_ns(file, now_ns) is not None

    async def _file_due_ns(self, file: LeftFile, now_ns: int) -> int | None:
        """When a file was due, None where it is not yet, has a row, is growing, held or gone."""
        if file.key is not None and (self._is_open(file.key) or await self._rows.get(file.key) is not None):
            return None
        written_ns = await asyncio.to_thread(self._files.written_ns, file)
        return None if written_ns is None else await self._due_ns(file.name, written_ns, now_ns)

    async def _due_ns(self, name: str, written_ns: int, now_ns: int) -> int | None:
        """When what a file of this name in the spool may hold was due, None where it is not yet, or held."""
        capture = capture_of_spool_name(name)
        if capture is None:
            # Nobody can say of what it is: all of it is as old as its last byte at least.
            due_ns: int | None = written_ns + MAX_DAYS * DAY_NS
        elif capture[1] + DAY_NS > now_ns:
            return None
        else:
            stream, start_ns = capture
            due_ns = await self._dues.due_ns(str(stream), start_ns, max(start_ns, written_ns) + 1)
        return due_ns if due_ns is not None and due_ns <= now_ns else None
