"""Rows of exports."""

from dataclasses import replace

from shared.causes import technical
from shared.messages.storage import ExportProgress, ExportStatus
from shared.reasons import why
from storage.index.exports import ExportRows
from storage.index.holds import Hold, HoldRows
from storage.model.export_part import ExportPart
from tests.unit.storage.packages import order
from tests.unit.storage.rows import index_in_memory

PART = ExportPart("59350/one", 0, 10, 100, 30)


async def test_an_order_stays_as_it_was_first_made() -> None:
    async with index_in_memory() as database:
        rows = ExportRows(database)
        await rows.add(order(), 5)
        await rows.add(replace(order(), reference="another"), 6)
        row = await rows.get(order().id)
        assert row is not None
        assert (row.order, row.made_ns, row.progress.status) == (order(), 5, ExportStatus.QUEUED)
        assert await rows.get("x-none") is None


async def test_unfinished_exports_are_made_oldest_first_and_again_from_the_start() -> None:
    async with index_in_memory() as database:
        rows = ExportRows(database)
        for id, made_ns in (("x-2", 2), ("x-1", 1), ("x-3", 3)):
            await rows.add(order(id=id), made_ns)
        await rows.begin("x-1", [PART])
        await rows.update(ExportProgress("x-2", ExportStatus.DONE, 1.0), 9)
        assert [row.order.id for row in await rows.unfinished()] == ["x-1", "x-3"]
        await rows.begin("x-1", [replace(PART, end_ns=50)])
        assert await rows.footage_of("x-1") == ([replace(PART, end_ns=50)], [])


async def test_a_package_comes_with_what_bounds_its_life() -> None:
    async with index_in_memory() as database:
        rows, hold = ExportRows(database), Hold("h-1", PART.stream, 0, 50, "PV 1")
        await rows.add(order(), 1)
        await rows.begin(order().id, [PART])
        assert await rows.packages() == []
        await rows.update(ExportProgress(order().id, ExportStatus.DONE, 1.0), 9)
        for one in (hold, replace(hold, stream="59350/two")):
            await HoldRows(database).put(one)
        (package,) = await rows.packages()
        assert (package.row.finished_ns, package.parts, package.holds) == (9, [PART], [hold])


async def test_why_an_export_failed_is_read_as_it_was_written() -> None:
    failed = why("export-disk", "{cause}", cause=technical("full"))
    async with index_in_memory() as database:
        rows = ExportRows(database)
        await rows.add(order(), 1)
        await rows.update(
            ExportProgress(order().id, ExportStatus.FAILED, 0.0, reason=failed.text, why=failed)
        )
        row = await rows.get(order().id)
        assert row is not None
        assert row.progress.why == failed
