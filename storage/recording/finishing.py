"""From the spool to the object store: the second half of a segment's making, and of its recovery."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from storage.metrics import LifeMetrics
from storage.model.segment import Segment, SegmentState, key_of_spool_name
from storage.recording.places import Places
from storage.recording.quarantine import Quarantine
from storage.recording.sealing import Sealer
from storage.recording.survey import has_digest

_MAX_PENDING = 10_000
_RETRY_S = 2.0
_AT_ONCE = 32
_THREADS = 2
"""Where many are finished at once, one slow file does not keep all others waiting."""
_MANY = 8

_Done = TypeVar("_Done")
Fault = OSError | BeffroiError


class Register(Protocol):
    """Where what is finished is entered; the index is one. Raises Unavailable."""

    async def enter(self, several: Sequence[Segment]) -> dict[str, Segment]:
        """New rows, all or none; one that is there already stays. What it says of each then, by key."""
        ...

    async def get(self, key: str) -> Segment | None: ...

    async def mark_all_stored(self, keys: Sequence[str]) -> Collection[str]:
        """closed → stored; those that were closed."""
        ...


class Finisher:
    """Takes closed files of the spool through their life; each step can be repeated after a crash.

    Closed files wait `gather_s` for others, to be entered in the index together.
    """

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
        gather_s: float,
    ) -> None:
        self._gather_s = gather_s
        self._sealer = Sealer(places.spool, quarantine)
        self._places = places
        self._rows = rows
        self._clock = clock
        self._metrics = metrics
        self._indexed = indexed
        self._is_open = is_open
        self._stored = stored
        self._pending: dict[str, Segment | None] = {}
        self._overflowed = False
        self._left_over: set[str] = set()
        self._log = get_logger("storage")
        self._trouble: str | None = None

    def enqueue(self, key: str, written: Segment | None = None) -> None:
        """A file of the spool is closed; `written` is what its writer knows of it.

        Beyond the bound it is found again by looking in the folder.
        """
        if len(self._pending) < _MAX_PENDING:
            self._pending[key] = written
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

    def adopt(self, key: str) -> None:
        """Queue a file that another process left, and that is in this one's spool now."""
        self.enqueue(key)
        self._left_over.add(key)

    def is_recovering(self) -> bool:
        """Whether files that were left in the spool are not in the index yet."""
        return bool(self._left_over)

    def health(self) -> str | None:
        return self._trouble

    async def run(self) -> None:
        """Finish what is queued, for ever."""
        while True:
            self._metrics.spooled.set(len(self._pending))
            await self.run_once()
            if self._trouble is not None:
                await self._clock.sleep(_RETRY_S)
            elif len(self._pending) < _AT_ONCE:
                await self._clock.sleep(self._gather_s)

    async def run_once(self) -> bool:
        """Finish some files together; False where there were none or none could be done now."""
        if not self._pending and self._overflowed:
            self._overflowed = False
            self.find_left_over()
        batch = dict(islice(self._pending.items(), _AT_ONCE))
        for key in batch:
            del self._pending[key]
        faults = await self._finish(batch)
        for key, fault in faults.items():
            reason = fault.detail if isinstance(fault, BeffroiError) else fault.strerror or str(fault)
            if self._trouble is None:
                self._log.error("segment-not-stored", key=key, reason=reason)
            self._trouble = f"segments cannot be stored: {reason}"
            self._metrics.finish_failures.inc()
            # To the end of the queue: one bad file must not keep the others waiting.
            self._pending[key] = batch[key]
        if batch and not faults:
            self._trouble = None
        return len(faults) < len(batch)

    async def finish(self, key: str, written: Segment | None = None) -> None:
        """Take one closed file from the spool to the store. Raises OSError, BeffroiError; may be repeated."""
        for fault in (await self._finish({key: written})).values():
            raise fault

    async def _finish(self, batch: dict[str, Segment | None]) -> dict[str, Fault]:
        """Take closed files through all steps; what kept those that are not done, by key."""
        sealed, faults = await _each(batch, lambda key: self._sealer.seal(key, batch[key]))
        closed = [segment for segment in sealed.values() if segment is not None]
        for key in sealed:
            if sealed[key] is None:
                self._known(key)
        try:
            faults |= await self._store(closed)
        except (OSError, BeffroiError) as fault:
            faults |= {segment.key: fault for segment in closed}
        return faults

    async def _store(self, closed: Sequence[Segment]) -> dict[str, Fault]:
        """Steps 2 to 6 with files that last as soon as their names do.

        Raises OSError, BeffroiError where none of them could be done.
        """
        if not closed:
            return {}
        await asyncio.to_thread(self._places.spool.disk.sync, self._places.spool.folder)
        rows = await self._rows.enter(closed)
        for segment in closed:
            self._known(segment.key)
        # Where its deadline has come only retention destroys, and only while nothing speaks against it.
        living = [
            segment
            for segment in closed
            if segment.key in rows and rows[segment.key].state is not SegmentState.GARBAGE
        ]
        digests = {segment.key: segment.sha256 for segment in living}
        are_stored = {key for key in digests if rows[key].state is SegmentState.STORED}
        put, faults = await _each(
            digests, lambda key: self._put(key, digests[key], is_stored=key in are_stored)
        )
        done = await self._mark_stored([key for key in put if key not in are_stored])
        done |= are_stored & put.keys()
        if done:
            await self._stored()
            disk, spool = self._places.spool.disk, self._places.spool
            faults |= (await _each(done, lambda key: disk.remove(spool.path(key))))[1]
        return faults

    def _known(self, key: str) -> None:
        self._left_over.discard(key)
        self._indexed(key)

    async def _mark_stored(self, keys: Sequence[str]) -> set[str]:
        """closed → stored: those that are. Where a deadline came first, an object without a row goes."""
        if not keys:
            return set()
        done = set(await self._rows.mark_all_stored(keys))
        self._metrics.finished.inc(len(done))
        for key in keys:
            if key not in done:
                row = await self._rows.get(key)
                if row is None:
                    await asyncio.to_thread(self._places.store.remove, key)
                elif row.state is SegmentState.STORED:
                    done.add(key)
        return done

    def _put(self, key: str, sha256: str, *, is_stored: bool) -> None:
        """Store a sealed file; one that a crash left stored without its row saying so is stored already."""
        store = self._places.store
        if is_stored and store.find(key):
            return
        with self._places.spool.open(key) as file:
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


async def _each(
    keys: Iterable[str], work: Callable[[str], _Done]
) -> tuple[dict[str, _Done], dict[str, Fault]]:
    """Do blocking work with each key beside the loop: what it gave, and what it failed with."""
    done: dict[str, _Done] = {}
    faults: dict[str, Fault] = {}

    def some(part: Sequence[str]) -> None:
        for key in part:
            try:
                done[key] = work(key)
            except (OSError, BeffroiError) as fault:
                faults[key] = fault

    every = list(keys)
    threads = _THREADS if len(every) >= _MANY else 1
    await asyncio.gather(*(asyncio.to_thread(some, every[first::threads]) for first in range(threads)))
    return done, faults
