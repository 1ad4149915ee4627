"""Every few seconds what is being recorded is made to survive a power cut, all files at one go."""

import asyncio

from shared.clock import Clock
from shared.log import get_logger
from storage.metrics import RecorderMetrics
from storage.recording.spool import Spool

_OVERDUE = 4
"""So many times the interval without a sync is unhealthy."""


class GroupSync:
    """A power cut takes what was written in the last `every_s`, and while the disk was making that last."""

    def __init__(self, spool: Spool, clock: Clock, metrics: RecorderMetrics, *, every_s: float) -> None:
        self._spool = spool
        self._clock = clock
        self._metrics = metrics
        self._every_s = every_s
        self._syncing_ns: int | None = None
        self._failed: str | None = None
        self._log = get_logger("storage")

    async def run(self) -> None:
        """Sync for ever, where something was written."""
        while True:
            await self._clock.sleep(self._every_s)
            await self.sync_once()

    async def sync_once(self) -> None:
        """Make last what was written so far."""
        self._metrics.unsynced_s.set(self.unsynced_s)
        since_ns = self._syncing_ns = self._spool.begin_sync()
        if since_ns is None:
            return
        try:
            await asyncio.to_thread(self._spool.disk.sync_all, self._spool.folder)
        except OSError as error:
            self._spool.wrote(since_ns)
            self._metrics.sync_failures.inc()
            reason = error.strerror or str(error)
            if self._failed is None:
                self._log.error("spool-not-synced", reason=reason)
            self._failed = reason
        else:
            self._failed = None
        finally:
            self._syncing_ns = None

    @property
    def unsynced_s(self) -> float:
        """How long ago the oldest was written that a power cut would take."""
        since_ns = self._syncing_ns or self._spool.unsynced_since_ns
        return 0.0 if since_ns is None else (self._clock.monotonic_ns() - since_ns) / 1e9

    def health(self) -> str | None:
        """Why a power cut would take more than it may."""
        if self._failed is not None:
            return f"what is being recorded does not survive a power cut: {self._failed}"
        if self.unsynced_s > _OVERDUE * self._every_s:
            return f"a power cut would take the last {self.unsynced_s:.0f} s: the disk of the spool is slow"
        return None
