"""How much of the disk holds keep: measured, told, and said loudly where it is too much."""

from pathlib import Path

from shared.messages.storage import HeldShare
from storage.index.held_bytes import HeldBytes
from storage.index.holds import Hold
from storage.lifecycle.held_share import HeldWatch
from storage.lifecycle.reconciliation import Reconciliation, Refused
from storage.metrics import HoldMetrics
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, units, workshop

S = 1_000_000_000


def watch(shop: Workshop, free_bytes: int) -> HeldWatch:
    return HeldWatch(
        HeldBytes(shop.database), lambda: free_bytes, shop.clock, HoldMetrics(), alarm_percent=50
    )


async def test_what_two_holds_keep_is_counted_once(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        rows = await shop.rows.everything()
        first = min(rows, key=lambda row: row.start_ns)
        for id in ("h-1", "h-2"):
            await shop.holds.put(Hold(id, str(STREAM), START_NS, START_NS + S, "PV 1"))
        share = await watch(shop, 0).measure()
    assert len(rows) > 1
    assert (share.held_bytes, share.usable_bytes) == (first.size, sum(row.size for row in rows))


async def test_holds_that_keep_half_of_the_disk_are_an_alarm_in_health(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        (row,) = await shop.rows.everything()
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + S, "PV 1"))
        calm, full = watch(shop, row.size * 2), watch(shop, row.size)
        await calm.measure()
        await full.measure()
    assert calm.health() is None
    assert full.share is not None
    assert full.share.alarm is not None
    assert full.share.alarm.code == "disk-held"
    assert "50 %" in (full.health() or "")


async def test_control_room_is_told_how_much_is_held(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        share = HeldShare(1, 2)
        telling = Reconciliation(
            shop.control, shop.holds, shop.clock, HoldMetrics(), lambda: Refused(None), lambda: share
        )
        await telling.once()
        assert shop.control.told.share == share
