"""Makes the index again from the files alone."""

import asyncio
from dataclasses import dataclass

from shared.log import get_logger
from storage.index.reprieve import Reprieve
from storage.index.segments import SegmentRows
from storage.lifecycle.bond import StoreBond
from storage.lifecycle.holds import Holds
from storage.model.segment import SegmentState
from storage.objects.folder import FolderStore
from storage.recording.finishing import read_object

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What was found: objects the index knew, ones it learnt, rows without object, files that are none."""

    known: int
    added: int
    forgotten: int
    unreadable: int


async def reindex(
    rows: SegmentRows, store: FolderStore, bond: StoreBond, holds: Holds, reprieve: Reprieve
) -> Reindexed:
    """Add a row for every object without one; forget rows of stored objects that do not exist.

    Holds come back from the files beside the objects. What an index that may be the older one has condemned
    is judged anew. Policies and exports stay as they are. An object that cannot be read is named in the log
    and left alone. Run it while storage is stopped.
    """
    log = get_logger("storage")
    keys = await asyncio.to_thread(lambda: sorted(store.keys()))
    added = unreadable = 0
    for first in range(0, len(keys), _BATCH):
        for key in await rows.unknown(keys[first : first + _BATCH]):
            segment = await asyncio.to_thread(read_object, store, key)
            if isinstance(segment, str):
                unreadable += 1
                log.error("object-unreadable", key=key, reason=segment)
                continue
            await rows.add(segment)
            added += 1
    there = set(keys)
    lost = [
        row.key
        for row in await rows.everything()
        if row.state is SegmentState.STORED and row.key not in there
    ]
    for first in range(0, len(lost), _BATCH):
        await rows.forget(lost[first : first + _BATCH])
    await reprieve.grant([key for key in await reprieve.all_condemned() if key in there], SegmentState.STORED)
    # Before the bond: destruction stays refused until what is held is known again.
    await holds.restore()
    await bond.renew()
    return Reindexed(len(keys) - added - unreadable, added, len(lost), unreadable)
