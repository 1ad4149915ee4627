"""Exports in the database."""

from datetime import UTC, datetime

import pytest

from control_room.model.evidence import Export
from control_room.model.people import Principal
from shared.errors import NotFound
from shared.messages.storage import ExportedCamera, ExportOrder, ExportProgress, ExportStatus
from tests.unit.control_room.room import LILLE, Room

START, END = datetime(2026, 11, 20, 21, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC)


WHO = Principal("p-1", "s-1")


ORDER = ExportOrder(
    "x-1", "PV 118", "OPJ", "ada", (ExportedCamera(f"{LILLE}/cam-1/main", "", "", ""),), START, END
)


EXPORT = Export(
    id="x-1",
    reference="PV 118",
    authority="OPJ",
    motive="theft",
    requested_by="ada",
    requested_at=END,
    communes=frozenset({LILLE}),
    cameras=("cam-1",),
    start=START,
    end=END,
    ordered=False,
    progress=ExportProgress("x-1", ExportStatus.QUEUED, 0.0),
)


async def test_an_export_is_open_then_done_then_neither(room: Room) -> None:
    async with room.db.write() as tx:
        await tx.exports.add(EXPORT, ORDER, WHO)
    async with room.db.write() as tx:
        assert await tx.exports.open() == [EXPORT]
        assert await tx.exports.order("x-1") == (ORDER, WHO)
        assert (await tx.exports.open_orders(), await tx.exports.finished(["x-1"])) == ([ORDER], set())
        await tx.exports.advance(ExportProgress("x-1", ExportStatus.DONE, 1.0), ordered=True)
        assert ([export.id for export in await tx.exports.done()], await tx.exports.open()) == (["x-1"], [])
        assert await tx.exports.finished(["x-1", "x-2"]) == {"x-1"}
        await tx.exports.advance(ExportProgress("x-1", ExportStatus.DESTROYED, 1.0), ordered=True)
        assert (await tx.exports.done(), await tx.exports.open()) == ([], [])


async def test_an_export_there_is_not_is_not_found(room: Room) -> None:
    async with room.db.read() as tx:
        with pytest.raises(NotFound):
            await tx.exports.get("x-none")
