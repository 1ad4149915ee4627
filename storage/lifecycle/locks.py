"""Makes the store itself keep what holds keep, where it can: a lock on each object that one reaches into."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from shared.clock import Clock
from shared.log import get_logger
from storage.index.holds import Hold, HoldRows
from storage.index.locks import EXPORTS, LockRows
from storage.metrics import LockMetrics
from storage.objects.locks import LockKind
from storage.objects.store import ObjectStore
from storage.recording.spool import Spool

_LOOK_S = 5.0
_WHOLE_NS = 60 * 1_000_000_000
_SELDOM_NS = 600 * 1_000_000_000
_SWEEP_NS = 3 * 1_000_000_000
_BATCH = 200


class LockKeeper:
    """Locking is done at any time; unlocking by retention alone, in a run that may destroy.

    The index keeps which objects are locked: a row before the lock, until after it is lifted. Where that row
    is lost the lock stays: the store refuses to remove what is due, and retention tells of it here.
    """

    def __init__(
        self,
        rows: LockRows,
        holds: HoldRows,
        store: ObjectStore,
        spool: Spool,
        clock: Clock,
        metrics: LockMetrics,
    ) -> None:
        self._rows = rows
        self._holds = holds
        self._store = store
        self._spool = spool
        self._clock = clock
        self._metrics = metrics
        self._kind: LockKind | None = None
        self._seen: list[Hold] = []
        self._looked_ns: int | None = None
        self._swept: list[Hold] = []
        self._swept_ns: int | None = None
        self._trouble: str | None = None
        self._log = get_logger("storage")

    def health(self) -> str | None:
        return self._trouble

    async def run(self) -> None:
        """Lock what is held, for ever: soon after a hold is placed, each minute what was recorded since."""
        while True:
            await self.once()
            await self._clock.sleep(_LOOK_S)

    async def once(self) -> None:
        """Look whether there is anything to lock, and lock it. Raises Unavailable where the index is away."""
        holds = [hold for hold in await self._holds.all() if not hold.id.startswith(EXPORTS)]
        now_ns = self._clock.monotonic_ns()
        lately = self._looked_ns is not None and now_ns - self._looked_ns < _WHOLE_NS
        if (holds == self._seen and lately) or not holds:
            self._seen = holds
            return
        try:
            if await self._has_locks():
                await self._lock_all(holds)
        except OSError as error:
            if self._trouble is None:
                self._log.error("holds-not-locked", reason=error.strerror or str(error))
            self._trouble = f"what is held is not locked in the object store: {error.strerror or error}"
            return
        self._seen, self._looked_ns, self._trouble = holds, now_ns, None

    async def release(self, keys: Sequence[str]) -> None:
        """Unlock those of some condemned segments that no hold keeps. Raises OSError, Unavailable."""
        await self._unlock(await self._rows.unheld_of(keys))

    async def refused(self, keys: Sequence[str]) -> None:
        """The store does not let these be removed: a lock that this index knows nothing of."""
        self._log.error("locked-without-hold", first=keys[0], count=len(keys))
        await self._rows.ask(keys)

    async def sweep_once(self) -> int:
        """Unlock what is held no more, for a few seconds; how many. Raises OSError, Unavailable.

        The next run goes on. Where no hold has changed since all was done, it is looked at seldom.
        """
        holds, began_ns = await self._holds.all(), self._clock.monotonic_ns()
        lately = self._swept_ns is not None and began_ns - self._swept_ns < _SELDOM_NS
        if holds == self._swept and lately:
            return 0
        unlocked = 0
        while keys := await self._rows.unheld(_BATCH):
            await self._unlock(keys)
            unlocked += len(keys)
            if self._clock.monotonic_ns() - began_ns > _SWEEP_NS:
                return unlocked
        self._swept, self._swept_ns = holds, began_ns
        return unlocked

    async def _has_locks(self) -> bool:
        if self._kind is None:
            self._kind = await asyncio.to_thread(self._store.locks.kind)
            self._log.info("locks-of-the-store", kind=self._kind)
        return self._kind is not LockKind.NONE

    async def _lock_all(self, holds: Sequence[Hold]) -> None:
        await self._lock(await self._rows.undone(_BATCH))
        for hold in holds:
            while keys := await self._rows.wanted(hold, _BATCH):
                await self._rows.ask(keys)
                await self._lock(keys)
                if len(keys) < _BATCH:
                    break

    async def _lock(self, keys: Sequence[str]) -> None:
        done = await asyncio.to_thread(self._locked, keys)
        await self._rows.done(done)
        self._metrics.locked.inc(len(done))

    def _locked(self, keys: Sequence[str]) -> list[str]:
        """Lock objects; those that are, and those that are not there. Blocking."""
        done = []
        for key in keys:
            # A file in the spool may be the same one by another name: locked, it could not leave the spool.
            if self._spool.size(key) is not None:
                continue
            with suppress(FileNotFoundError):
                self._store.locks.lock(key)
            done.append(key)
        return done

    async def _unlock(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        if not await self._has_locks():
            await self._rows.forget(keys)
            return
        await asyncio.to_thread(_each, self._store.locks.unlock, keys)
        await self._rows.forget(keys)
        self._metrics.unlocked.inc(len(keys))


def _each(unlock: Callable[[str], None], keys: Sequence[str]) -> None:
    for key in keys:
        with suppress(FileNotFoundError):
            unlock(key)
