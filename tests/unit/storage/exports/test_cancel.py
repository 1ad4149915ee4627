"""Ending an export for good, whatever state it is in."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.errors import NotFound
from shared.messages.storage import ExportOrder, ExportPhase, ExportStatus
from storage.index.exports import ExportRows
from tests.support.eventually import eventually
from tests.unit.storage.packages import EXPORT, exported, for_recipient, order
from tests.unit.storage.workshop import units, workshop


async def test_a_cancelled_order_is_never_made_and_holds_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await shop.jobs.order(order())
        told = await shop.jobs.cancel(EXPORT)
        await shop.export_done(EXPORT)
        assert (told.status, await shop.holds.ids()) == (ExportStatus.CANCELLED, set())
        assert not list((tmp_path / "exports").iterdir())


async def test_an_export_that_is_being_made_says_its_phase_and_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        read = shop.catalogue.read

        def slowly(key: str, offset: int, size: int) -> bytes:
            reached.set()
            go_on.wait(10)
            return read(key, offset, size)

        monkeypatch.setattr(shop.catalogue, "read", slowly)
        await shop.jobs.order(order())
        running = asyncio.create_task(shop.jobs.run())
        await asyncio.to_thread(reached.wait, 10)
        told = await shop.jobs.progress(EXPORT)
        ending = asyncio.create_task(shop.jobs.cancel(EXPORT))

        async def cancelled() -> bool:
            return (await shop.jobs.progress(EXPORT)).status is ExportStatus.CANCELLED

        await eventually(cancelled, what="the row of the cancelled export")
        go_on.set()
        ended = await ending
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert (told.status, told.phase) == (ExportStatus.RUNNING, ExportPhase.COPYING)
        assert ended.status is ExportStatus.CANCELLED
        assert not list((tmp_path / "exports").iterdir())
        assert await shop.holds.ids() == set()


async def test_whoever_asks_after_a_restart_is_told_how_far_an_export_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, go_on = iter(range(100)), threading.Event()
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        read = shop.catalogue.read

        def stuck_at_the_second(key: str, offset: int, size: int) -> bytes:
            if next(reads):
                go_on.wait(10)
            return read(key, offset, size)

        monkeypatch.setattr(shop.catalogue, "read", stuck_at_the_second)
        await shop.jobs.order(order())
        running = asyncio.create_task(shop.jobs.run())

        async def kept() -> bool:
            await shop.clock.advance(1)
            row = await ExportRows(shop.database).get(EXPORT)
            return row is not None and 0 < row.progress.progress < 1

        await eventually(kept, what="the progress in the row")
        go_on.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("wanted", [order, for_recipient])
async def test_a_finished_package_is_destroyed_with_its_export(
    tmp_path: Path, wanted: Callable[[], ExportOrder]
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop, wanted())
        told = await shop.jobs.cancel(EXPORT)
        assert told.status is ExportStatus.DESTROYED
        assert not list((tmp_path / "exports").iterdir())
        assert (await shop.jobs.cancel(EXPORT)).status is ExportStatus.DESTROYED


async def test_an_unknown_export_cannot_be_cancelled(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        with pytest.raises(NotFound):
            await shop.jobs.cancel("x-none")
