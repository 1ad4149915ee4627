"""Of several processes one makes an export; another goes on with what a dead one began."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.evidence.verify import verify
from shared.messages.storage import ExportStatus
from storage.index.holds import Hold
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import order
from tests.unit.storage.workshop import Workshop, units, workshop


@dataclass
class HandClaims:
    """Says what the test says."""

    mine: bool = True
    asked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    async def take(self, id: str) -> bool:
        self.asked.append(id)
        return self.mine

    async def leave(self, id: str) -> None:
        self.left.append(id)

    def is_mine(self, id: str) -> bool:
        return self.mine


@asynccontextmanager
async def working(shop: Workshop, claims: HandClaims) -> AsyncIterator[None]:
    """The jobs of one of several processes run."""
    shop.jobs._claims, shop.jobs._alone = claims, False
    running = asyncio.create_task(shop.jobs.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await shop.jobs.close()


async def status(shop: Workshop) -> ExportStatus:
    return (await shop.jobs.progress("x-0001")).status


async def test_an_export_is_begun_by_whoever_gets_its_lease_and_let_go_when_it_is_made(
    tmp_path: Path,
) -> None:
    claims = HandClaims(mine=False)
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        await shop.jobs.order(order())
        async with working(shop, claims):
            await eventually(lambda: claims.asked, what="the lease asked for")
            assert await status(shop) is ExportStatus.QUEUED
            claims.mine = True
            await shop.clock.advance(1)

            async def done() -> bool:
                return await status(shop) is ExportStatus.DONE

            await eventually(done, within_s=30, what="the export")
            await eventually(lambda: claims.left == ["x-0001"], what="the lease let go")
        assert verify(await shop.jobs.packages.package("x-0001"), shop.evidence_pem).sound


async def test_one_that_lost_the_lease_neither_ends_nor_destroys_what_another_made(tmp_path: Path) -> None:
    class Lost(HandClaims):
        """Taken, and another's by the end."""

        def is_mine(self, id: str) -> bool:
            return False

    claims = Lost()
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        await shop.jobs.order(order())
        others = tmp_path / "exports" / "x-0001.zip"
        others.write_bytes(b"another's package")
        async with working(shop, claims):
            await eventually(lambda: claims.left, within_s=30, what="the lease let go")
        assert others.read_bytes() == b"another's package"
        assert await status(shop) in (ExportStatus.QUEUED, ExportStatus.RUNNING)
        assert list((tmp_path / "exports").glob("*.part")) == []


async def test_one_that_was_cancelled_through_another_process_stops(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        await shop.jobs.order(order())
        async with working(shop, HandClaims()):
            await shop.jobs.cancel("x-0001")
            for _ in range(3):
                await shop.clock.advance(1)
            await eventually(lambda: not shop.jobs.is_making("x-0001"), what="its end")
        assert await status(shop) is ExportStatus.CANCELLED
        assert list((tmp_path / "exports").iterdir()) == []


async def test_the_hold_of_an_order_that_another_process_is_taking_is_stray_only_if_it_stays_so(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.holds.put(Hold("export:x-0009", str(STREAM), START_NS, START_NS + 1, "PV 1"))
        stray = await shop.jobs.end_stray_holds(set())
        assert (stray, await shop.holds.ids()) == ({"export:x-0009"}, {"export:x-0009"})
        assert await shop.jobs.end_stray_holds(stray) == set()
        assert await shop.holds.ids() == set()
