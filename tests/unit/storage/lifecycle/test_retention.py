"""Destruction on time, and only of what may be destroyed."""

from pathlib import Path

import pytest

from storage.index.dues import DueRows
from storage.index.holds import Hold
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState
from storage.objects.disk import RealDisk
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.aging import days_pass, recorded
from tests.unit.storage.workshop import policy, units, workshop


class FailingDisk(RealDisk):
    """A disk that stops working at the step named."""

    def __init__(self) -> None:
        self.fails_at = ""

    def remove(self, path: Path) -> None:
        if self.fails_at == "remove":
            raise OSError(5, "Input/output error")
        super().remove(path)


async def test_footage_lives_until_its_authorised_days_are_over(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=15)
        await days_pass(shop, 14.9)
        await shop.retention.run_once()
        assert shop.objects()


@pytest.mark.parametrize("free_bytes", [0, 1 << 50])
async def test_no_free_space_however_little_or_much_moves_a_deadline(tmp_path: Path, free_bytes: int) -> None:
    class Told(RealDisk):
        free: int | None = None

        def free_bytes(self, path: Path) -> int:
            return super().free_bytes(path) if self.free is None else self.free

    disk = Told()
    async with workshop(tmp_path, disk=disk) as shop:
        await recorded(shop, days=15)
        disk.free = free_bytes
        await days_pass(shop, 14.9)
        await shop.retention.run_once()
        alive = shop.objects()
        await days_pass(shop, 0.2)
        await shop.retention.run_once()
        assert (bool(alive), shop.objects()) == (True, [])


async def test_footage_dies_when_its_authorised_days_are_over(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=15)
        await days_pass(shop, 15.1)
        await shop.retention.run_once()
        assert (shop.objects(), await shop.rows.everything()) == ([], [])


async def test_footage_dies_after_one_calendar_month_whatever_is_authorised(tmp_path: Path) -> None:
    february_ns = 1_769_940_000 * 10**9
    pictures = units(100, start_ns=february_ns)
    async with workshop(tmp_path, utc_ns=february_ns) as shop:
        await shop.record_all(pictures, days=31)
        await days_pass(shop, 28.1)
        await shop.retention.run_once()
        assert shop.objects() == []


async def test_a_removed_camera_keeps_its_deadline(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=5)
        await shop.policies.replace([])
        await days_pass(shop, 4.9)
        await shop.retention.run_once()
        alive = shop.objects()
        await days_pass(shop, 0.2)
        await shop.retention.run_once()
        assert (bool(alive), shop.objects()) == (True, [])


async def test_a_shortened_authorisation_applies_to_what_is_recorded(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=30)
        await shop.policies.replace([policy(days=2)])
        await days_pass(shop, 2.1)
        await shop.retention.run_once()
        assert shop.objects() == []


async def test_a_hold_keeps_its_range_and_nothing_else(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        before = await shop.rows.everything()
        middle = before[1]
        await shop.holds.put(Hold("h-1", str(STREAM), middle.start_ns + 1, middle.start_ns + 2, "PV 1"))
        await days_pass(shop, 40)
        await shop.retention.run_once()
        assert shop.objects() == [middle.key]


async def test_footage_dies_once_its_hold_ends(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + DAY_NS, "PV 1"))
        await days_pass(shop, 2)
        await shop.retention.run_once()
        await shop.holds.remove("h-1")
        await shop.retention.run_once()
        assert shop.objects() == []


async def test_a_segment_still_in_the_spool_dies_on_time(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy(days=1)])
        await shop.policies.replace([policy(days=1)])
        await shop.record(units(250))
        shop.recorder.apply([])
        await shop.settle()
        for path in list(shop.places.spool.folder.glob("*.mp4")):
            segment = shop.sealer.seal(path.name.replace("~", "/"))
            assert segment is not None
            await shop.rows.add(segment)
        await days_pass(shop, 1.1)
        await shop.retention.run_once()
        assert list(shop.places.spool.folder.glob("*.mp4")) == []


@pytest.mark.parametrize("step", ["condemned", "removed"])
async def test_destruction_goes_on_after_a_crash(tmp_path: Path, step: str) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        await days_pass(shop, 1.1)
        await DueRows(shop.database, batch=1).condemn(shop.clock.utc_ns())
        if step == "removed":
            shop.places.store.remove((await shop.rows.garbage(1))[0].key)
        await shop.retention.run_once()
        assert (shop.objects(), await shop.rows.everything()) == ([], [])


async def test_a_disk_that_cannot_remove_keeps_the_rows_as_garbage(tmp_path: Path) -> None:
    disk = FailingDisk()
    async with workshop(tmp_path, disk=disk) as shop:
        await recorded(shop, days=1)
        await days_pass(shop, 1.1)
        disk.fails_at = "remove"
        await shop.retention.run_once()
        states = {row.state for row in await shop.rows.everything()}
        disk.fails_at = ""
    assert states == {SegmentState.GARBAGE}


async def test_a_disk_that_cannot_remove_is_unhealthy(tmp_path: Path) -> None:
    disk = FailingDisk()
    async with workshop(tmp_path, disk=disk) as shop:
        await recorded(shop, days=1)
        await days_pass(shop, 1.1)
        disk.fails_at = "remove"
        await shop.retention.run_once()
        reason = shop.retention.health()
        await shop.end.reconciliation.once()
        disk.fails_at = ""
    assert reason == "destruction fails: Input/output error"
    assert (shop.control.told.refusal, shop.control.told.failure) == ("", reason)


async def test_an_unmounted_store_keeps_every_row(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        (tmp_path / "objects").rename(tmp_path / "unplugged")
        (tmp_path / "objects").mkdir()
        await days_pass(shop, 5)
        await shop.retention.run_once()
        assert {row.state for row in await shop.rows.everything()} == {SegmentState.STORED}


async def test_a_clock_that_jumps_ahead_refuses_to_destroy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        shop.clock.step_utc(400 * DAY_NS)
        outcome = await shop.retention.run_once()
    assert "clock has jumped" in (outcome.refused or "")


async def test_refusal_is_unhealthy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        shop.clock.step_utc(400 * DAY_NS)
        await shop.retention.run_once()
        assert (shop.retention.health() or "").startswith("destruction is refused")


async def test_retention_that_does_not_run_is_unhealthy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.retention.run_once()
        await shop.clock.advance(200)
        assert "not completed a run" in (shop.retention.health() or "")


async def test_what_the_index_does_not_know_is_never_destroyed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        oldest = (await shop.rows.everything())[0]
        await shop.rows.forget([oldest.key])
        await days_pass(shop, 40)
        await shop.retention.run_once()
        assert shop.objects() == [oldest.key]
