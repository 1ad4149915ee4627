"""Rows of holds."""

from dataclasses import replace

from storage.index.holds import Hold, HoldRows
from tests.unit.storage.rows import index_in_memory

HOLD = Hold("h-1", "59350/one", 100, 200, "PV 1")


async def test_a_hold_is_replaced_by_the_next_of_its_id_and_stream() -> None:
    async with index_in_memory() as database:
        rows, elsewhere = HoldRows(database), replace(HOLD, stream="59350/two")
        for hold in (HOLD, elsewhere, replace(HOLD, end_ns=300)):
            await rows.put(hold)
        assert await rows.all() == [replace(HOLD, end_ns=300), elsewhere]
        assert await rows.ids() == {"h-1"}


async def test_a_hold_ends_on_all_its_streams_and_no_other_does() -> None:
    async with index_in_memory() as database:
        rows, other = HoldRows(database), replace(HOLD, id="h-2")
        for hold in (HOLD, replace(HOLD, stream="59350/two"), other):
            await rows.put(hold)
        await rows.remove("h-1")
        await rows.remove("h-1")
        assert await rows.all() == [other]
