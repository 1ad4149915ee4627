"""From the spool to the object store: the second half of a segment's making, and of its recovery."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from shared.clock import Clock
from shared.errors import BadInput, BeffroiError
from shared.log import get_logger
from storage.fmp4.reader import read_layout
from storage.metrics import LifeMetrics
from storage.model.segment import Segment, SegmentState, key_of_spool_name
from storage.recording.places import Places
from storage.recording.quarantine import Quarantine
from storage.recording.remains import is_blank, is_tear
from storage.recording.survey import has_digest, opened, segment_of

_MAX_PENDING = 10_000
_RETRY_S = 2.0
_LOOK_S = 0.5
_DAMAGED = "damaged in its midst: what follows is set aside"


class Register(Protocol):
    """Where what is finished is entered; the index is one. Raises Unavailable."""

    async def add(self, segment: Segment) -> None: ...

    async def get(self, key: str) -> Segment | None: ...

    async def mark_stored(self, key: str) -> bool: ...


class Finisher:
    """Takes closed files of the spool through their life; each step can be repeated after a crash."""

    def __init__(
        self,
        places: Places,
        rows: Register,
        clock: Clock,
        metrics: LifeMetrics,
        *,
        quarantine: Quarantine,
        indexed: Callable[[str], None],
        is_open: Callable[[str], bool],
        stored: Callable[[], Awaitable[None]],
    ) -> None:
        self._quarantine = quarantine
        self._places = places
        self._rows = rows
        self._clock = clock
        self._metrics = metrics
        self._indexed = indexed
        self._is_open = is_open
        self._stored = stored
        self._pending: dict[str, None] = {}
        self._overflowed = False
        self._left_over: set[str] = set()
        self._log = get_logger("storage")
        self._trouble: str | None = None

    def enqueue(self, key: str) -> None:
        """A file of the spool is closed. Beyond the bound it is found again by looking in the folder."""
        if len(self._pending) < _MAX_PENDING:
            self._pending[key] = None
        else:
            self._overflowed = True

    def find_left_over(self) -> int:
        """Queue every file of the spool that nobody writes to; how many."""
        found = 0
        for path in sorted(self._places.spool.folder.glob("*.mp4")):
            key = key_of_spool_name(path.name)
            if not self._is_open(key):
                self.enqueue(key)
                self._left_over.add(key)
                found += 1
        return found

    def is_recovering(self) -> bool:
        """Whether files that were left in the spool are not in the index yet."""
        return bool(self._left_over)

    def health(self) -> str | None:
        return self._trouble

    async def run(self) -> None:
        """Finish what is queued, for ever."""
        while True:
            self._metrics.spooled.set(len(self._pending))
            if not await self.run_once():
                await self._clock.sleep(_LOOK_S if self._trouble is None else _RETRY_S)

    async def run_once(self) -> bool:
        """Finish one file; False where there was none or it could not be done now."""
        if not self._pending and self._overflowed:
            self._overflowed = False
            self.find_left_over()
        key = next(iter(self._pending), None)
        if key is None:
            return False
        # Taken out at once: several of these loops share the queue.
        del self._pending[key]
        try:
            await self.finish(key)
        except (OSError, BeffroiError) as error:
            reason = error.detail if isinstance(error, BeffroiError) else error.strerror or str(error)
            if self._trouble is None:
                self._log.error("segment-not-stored", key=key, reason=reason)
            self._trouble = f"segments cannot be stored: {reason}"
            self._metrics.finish_failures.inc()
            # To the end of the queue: one bad file must not keep the others waiting.
            self._pending[key] = None
            return False
        self._trouble = None
        return True

    async def finish(self, key: str) -> None:
        """Take one closed file from the spool to the store. Raises OSError, BeffroiError; may be repeated."""
        path = self._places.spool.path(key)
        closed = await asyncio.to_thread(self._seal, path, key)
        if closed is None:
            self._known(key)
            return
        await self._rows.add(closed)
        self._known(key)
        row = await self._rows.get(key)
        if row is None or row.state is SegmentState.GARBAGE:
            # Its deadline has come: only retention destroys, and only while nothing speaks against it.
            return
        if row.state is SegmentState.CLOSED or not await asyncio.to_thread(self._places.store.find, key):
            await asyncio.to_thread(self._put, path, key, closed.sha256)
            if row.state is SegmentState.CLOSED and not await self._mark_stored(key):
                return
        await self._stored()
        await asyncio.to_thread(self._places.spool.disk.remove, path)

    def _known(self, key: str) -> None:
        self._left_over.discard(key)
        self._indexed(key)

    async def _mark_stored(self, key: str) -> bool:
        """closed → stored; False where its deadline came first, and then an object without a row goes."""
        if await self._rows.mark_stored(key):
            self._metrics.finished.inc()
            return True
        row = await self._rows.get(key)
        if row is None:
            await asyncio.to_thread(self._places.store.remove, key)
        return row is not None and row.state is SegmentState.STORED

    def _put(self, path: Path, key: str, sha256: str) -> None:
        """Store a sealed file; one that a crash left stored without its row saying so is stored already."""
        store = self._places.store
        with path.open("rb") as file:
            try:
                store.put(key, file)
                return
            except FileExistsError:
                if has_digest(store, key, sha256):
                    return
            # The bytes that the row speaks of are those in the spool, which keeps them until this is done.
            self._log.error("object-differs", key=key)
            store.remove(key)
            file.seek(0)
            store.put(key, file)

    def _seal(self, path: Path, key: str) -> Segment | None:
        """Cut a file to its last whole fragment and make it last; None where it holds nothing readable."""
        if not path.exists():
            return None
        try:
            with opened(path) as (read_at, size):
                layout = read_layout(read_at, size)
            # Parameters that name no codec make no row: tried again for ever, they would keep recovery open.
            codec = layout.description.codec_string
        except BadInput as error:
            if is_blank(path):
                self._log.warning("spool-file-without-head", key=key, reason=error.detail)
                self._places.spool.disk.remove(path)
            else:
                self._quarantine.take(path, error.detail)
            return None
        if not layout.fragments:
            if is_tear(path, len(layout.init)):
                self._places.spool.disk.remove(path)
            else:
                self._quarantine.take(path, "damaged right behind its head")
            return None
        if not self._cut(path, layout.end, key):
            return None
        self._places.spool.disk.sync(path)
        with opened(path) as (read_at, size):
            return segment_of(read_at, size, key, layout, codec, SegmentState.CLOSED)

    def _cut(self, path: Path, whole: int, key: str) -> bool:
        """Cut what follows the last whole fragment; False where that is no mere tear and finds no room."""
        torn = path.stat().st_size - whole
        if not torn:
            return True
        if not is_tear(path, whole) and not self._quarantine.take_tail(path, whole, _DAMAGED):
            return False
        self._log.warning("torn-segment-cut", key=key, cut_bytes=torn)
        os.truncate(path, whole)
        return True
