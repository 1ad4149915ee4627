"""Makes the index again from the files alone."""

import asyncio
from dataclasses import dataclass
from functools import partial

from shared.causes import cause_of
from shared.errors import Unavailable
from shared.log import get_logger
from shared.reasons import why
from storage.lifecycle.archive import Archive
from storage.lifecycle.ledger_restore import LedgerRestore
from storage.model.segment import SegmentState
from storage.recording.survey import read_object

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What was found: objects the index knew, ones it learnt, rows without object, files that are none; and
    how many holds there are."""

    known: int
    added: int
    forgotten: int
    unreadable: int
    holds: int


async def reindex(archive: Archive, utc_ns: int) -> Reindexed:
    """Add a row for every object without one; forget rows of stored objects that do not exist.

    Holds come back from the files beside the objects, and so does the register, which then has what was lost,
    at `utc_ns`. What an index that may be the older one has condemned is judged anew. Policies and exports
    stay as they are. An object that cannot be read is named in the log and left alone. Run it while storage
    is stopped. It has a batch of rows and of keys in memory, however many there are. Raises Unavailable.
    """
    try:
        known, added, unreadable = await _learn(archive)
        forgotten = await _compare(archive)
        await _register(archive).restore(utc_ns)
    except OSError as error:
        raise Unavailable(
            why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
        ) from error
    # Before the bond: destruction stays refused until what is held is known again.
    await archive.holds.restore()
    await archive.ceilings.restore()
    await archive.bond.renew()
    return Reindexed(known, added, forgotten, unreadable, len(await archive.holds.all()))


def _register(archive: Archive) -> LedgerRestore:
    return LedgerRestore(archive.ledger, archive.ledger_notes, archive.rows, archive.walk, archive.places)


async def _learn(archive: Archive) -> tuple[int, int, int]:
    """Add what the index lacks; how many objects it knew, it learnt, and cannot be read. Raises OSError."""
    log, store, rows = get_logger("storage"), archive.store, archive.rows
    known = added = unreadable = 0
    batch: list[str] = []
    while batch := await asyncio.to_thread(
        partial(store.keys, after=batch[-1] if batch else "", most=_BATCH)
    ):
        unknown = await rows.unknown(batch)
        known += len(batch) - len(unknown)
        for key in unknown:
            segment = await asyncio.to_thread(read_object, store, key)
            if isinstance(segment, str):
                unreadable += 1
                log.error("object-unreadable", key=key, reason=segment)
                continue
            await rows.add(segment)
            added += 1
    return known, added, unreadable


async def _compare(archive: Archive) -> int:
    """Forget the rows of stored objects that are gone, take back what was condemned and is there; how many
    were forgotten. Raises OSError."""
    store, key, forgotten = archive.store, "", 0
    while batch := await archive.walk.after(key, _BATCH):
        key = batch[-1][0]
        there = await asyncio.to_thread(lambda rows: [store.find(row[0]) is not None for row in rows], batch)
        rows = [(*row, is_there) for row, is_there in zip(batch, there, strict=True)]
        lost = [one for one, state, is_there in rows if state is SegmentState.STORED and not is_there]
        condemned = [one for one, state, is_there in rows if state is SegmentState.GARBAGE and is_there]
        if lost:
            await archive.rows.forget(lost)
        await archive.reprieve.grant(condemned, SegmentState.STORED)
        forgotten += len(lost)
    return forgotten
