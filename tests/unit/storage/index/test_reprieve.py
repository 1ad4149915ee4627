"""What was condemned and is still there is taken back."""

from pathlib import Path

from storage.index.holds import Hold
from storage.model.segment import SegmentState
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.held import overdue
from tests.unit.storage.workshop import workshop


async def test_what_an_older_index_has_condemned_is_judged_anew_when_it_is_made_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.dues.condemn(shop.clock.utc_ns())
        await shop.policies.replace([])
        await shop.holds.put(Hold("h-9", str(STREAM), START_NS - 2, START_NS - 1, "PV 9"))
        await shop.reindex()
        assert {row.state for row in await shop.rows.everything()} == {SegmentState.STORED}
        assert shop.objects() == objects
