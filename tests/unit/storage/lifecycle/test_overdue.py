"""The age of the oldest byte past its deadline: every copy counts, and what stays late is told."""

import re
from pathlib import Path

import pytest

from shared import metrics
from shared.errors import Unavailable
from tests.support.eventually import eventually
from tests.unit.storage.damage import HEADLESS, left_in_spool
from tests.unit.storage.packages import exported
from tests.unit.storage.workshop import Workshop, policy, units, workshop

DAY_S = 86_400.0


def overdue_s() -> float:
    found = re.search(rb"^storage_oldest_overdue_seconds (\S+)$", metrics.render(), re.MULTILINE)
    assert found is not None
    return float(found[1])


async def refused(shop: Workshop) -> None:
    """Destruction is refused: the disk of the store is gone."""
    (shop.folder / "objects" / ".beffroi-store").rename(shop.folder / "away")
    await shop.retention.run_once()
    assert shop.retention.refused


async def test_footage_grows_overdue_while_destruction_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100), days=5)
        await shop.clock.advance(5 * DAY_S + 90)
        await refused(shop)
        assert overdue_s() == pytest.approx(90, abs=1)
        await shop.clock.advance(30)
        await shop.retention.run_once()
        assert overdue_s() == pytest.approx(120, abs=1)


@pytest.mark.parametrize("number", [0, 3], ids=["set aside", "left in the spool"])
async def test_what_cannot_be_read_counts(tmp_path: Path, number: int) -> None:
    async with workshop(tmp_path) as shop:
        await shop.policies.replace([policy(days=5)])
        for other in range(number + 1):
            await left_in_spool(shop, HEADLESS, other)
        await shop.clock.advance(4 * DAY_S)
        await refused(shop)
        assert overdue_s() == 0
        await shop.clock.advance(1 * DAY_S + 600)
        await shop.retention.run_once()
        assert overdue_s() == pytest.approx(600, abs=20)


async def test_packages_count(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        assert (await exported(shop)).exists()

        async def is_over() -> bool:
            return not await shop.holds.ids()

        # The last step of the job: that of an export that is done ends its hold.
        await eventually(is_over, what="the end of the hold of the export")
        await shop.clock.advance(7 * DAY_S + 600)
        await refused(shop)
        assert overdue_s() == pytest.approx(600, abs=20)


async def test_what_stays_late_is_told_to_control_room_and_what_is_made_up_for_is_not(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100), days=5)
        await shop.clock.advance(5 * DAY_S + 3600)

        async def stuck(_now_ns: int) -> int:
            return 3600 * 10**9

        await shop.retention.run_once()
        assert (shop.retention.failure(), overdue_s()) == (None, 0)
        shop.retention._overdue = [stuck]
        for _ in range(62):
            await shop.clock.advance(10)
            await shop.retention.run_once()
        failure = shop.retention.failure()
        assert failure is not None
        assert failure.code == "footage-overdue"
        assert shop.retention.health() == failure.text
        await shop.end.reconciliation.once()
        assert shop.control.told.failure_why == failure
        shop.retention._overdue = []
        await shop.retention.run_once()
        assert shop.retention.failure() is None


async def test_copies_that_cannot_be_looked_at_leave_the_figure_as_it_was(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:

        async def broken(_now_ns: int) -> int:
            raise OSError(5, "Input/output error")

        async def away(_now_ns: int) -> int:
            raise Unavailable("the index is away")

        await shop.record_all(units(50), days=5)
        await shop.clock.advance(6 * DAY_S)
        await refused(shop)
        before = overdue_s()
        shop.retention._overdue = [broken]
        await shop.clock.advance(100)
        await shop.retention.run_once()
        assert overdue_s() == before
        shop.retention._overdue = [away]
        with pytest.raises(Unavailable):
            await shop.retention.run_once()
