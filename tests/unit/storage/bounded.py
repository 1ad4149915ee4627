"""Runs of destruction with bounds, over an index whose files are gone already."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from shared.clock import SimulatedClock
from storage.index.backlog import BacklogRows
from storage.index.database import Database
from storage.lifecycle.allowance import Allowance
from storage.lifecycle.refusals import Grounds
from storage.lifecycle.retention import Retention
from storage.metrics import LifeMetrics, RetentionMetrics
from storage.model.deadline import DAY_NS
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.recording.places import Places
from storage.recording.spool import Spool
from tests.unit.storage.account import Account, Trial
from tests.unit.storage.rows import BASE_NS, segment

LEAST = Allowance(rows=1, batch=1)
LIFE, METRICS = LifeMetrics(), RetentionMetrics()


def retention(
    trial: Trial,
    allowance: Allowance,
    clock: SimulatedClock | None = None,
    disk: RealDisk | None = None,
    copies: Sequence[Callable[[], Awaitable[object]]] = (),
) -> Retention:
    """A new one, as after a start, over an index whose files are gone already."""
    clock = clock or SimulatedClock(trial.account.now_ns)
    disk, nowhere = disk or RealDisk(), Path("/nonexistent")
    places = Places(Spool(nowhere, disk, [], clock), FolderStore(nowhere, disk))
    return Retention(
        trial.rows,
        trial.dues,
        BacklogRows(trial.database),
        places,
        Grounds([]),
        asyncio.Lock(),
        clock,
        METRICS,
        LIFE,
        copies,
        allowance,
    )


async def due(database: Database, count: int, batch: int = 1) -> Trial:
    """So many segments past their deadline."""
    trial = Trial(Account(now_ns=BASE_NS + 40 * DAY_NS), database, batch=batch)
    for number in range(count):
        await trial.rows.add(segment(number))
    return trial
