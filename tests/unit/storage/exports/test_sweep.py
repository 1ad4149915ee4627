"""Packages are destroyed, and so is what a crash left of them."""

import os
import shutil
from pathlib import Path

from shared.messages.storage import ExportStatus
from storage.model.deadline import DAY_NS
from tests.support.pictures import START_NS
from tests.unit.storage.packages import (
    EXPORT,
    exported,
    order,
)
from tests.unit.storage.workshop import Workshop, units, workshop


async def test_a_package_is_destroyed_after_seven_days(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        await shop.clock.advance(6.9 * 86_400)
        early = await shop.sweep.sweep_once()
        await shop.clock.advance(0.2 * 86_400)
        await shop.sweep.sweep_once()
        status = (await shop.jobs.progress(EXPORT)).status
    assert (early, package.exists(), status) == (0, False, ExportStatus.DESTROYED)


DAY_S = 86_400.0


async def done_on_day(shop: Workshop, day: float, days: int = 30) -> Path:
    """A package made when its footage was that old."""
    await shop.record_all(units(50), days=days)
    await shop.clock.advance(day * DAY_S)
    return await exported(shop, order(0, 2))


async def test_a_refused_destruction_keeps_packages_too(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        package = await done_on_day(shop, 1)
        shop.clock.step_utc(400 * DAY_NS)
        await shop.retention.run_once()
        assert package.exists()


async def test_half_a_package_that_a_crash_left_is_removed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        (tmp_path / "exports/x-9999.part").write_bytes(b"half a package")
        await shop.retention.run_once()
        assert list((tmp_path / "exports").iterdir()) == []


async def test_the_package_of_an_export_that_failed_later_is_removed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await exported(shop, order(1000, 2000))
        (tmp_path / f"exports/{EXPORT}.zip").write_bytes(b"made before the crash")
        await shop.retention.run_once()
        assert list((tmp_path / "exports").iterdir()) == []


async def test_a_package_whose_row_was_lost_dies_with_its_footage(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        package = await done_on_day(shop, 0, days=5)
        stray = package.with_name("x-stray.zip")
        shutil.copyfile(package, stray)
        os.utime(stray, ns=(START_NS, START_NS))
        await shop.clock.advance(4.9 * DAY_S)
        await shop.retention.run_once()
        alive = stray.exists()
        await shop.clock.advance(0.2 * DAY_S)
        await shop.retention.run_once()
    assert (alive, stray.exists()) == (True, False)


async def test_a_time_stamp_dies_with_its_package(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        for end in (".tsr", ".tsq"):
            package.with_suffix(end).write_bytes(b"token")
        await shop.sweep.sweep_once()
        assert len(list(package.parent.iterdir())) == 3
        await shop.clock.advance(8 * DAY_S)
        await shop.sweep.sweep_once()
        assert list(package.parent.iterdir()) == []
