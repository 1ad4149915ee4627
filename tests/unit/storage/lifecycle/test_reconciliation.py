"""Holds are confirmed with control_room before anything is destroyed."""

from pathlib import Path

from shared.messages.storage import HoldOrder
from storage.model.deadline import DAY_NS
from tests.support.pictures import STREAM
from tests.unit.storage.hands import HandControl
from tests.unit.storage.held import ALL, START, ordered, overdue
from tests.unit.storage.workshop import workshop


async def test_nothing_is_destroyed_before_control_room_has_told_its_holds(tmp_path: Path) -> None:
    async with workshop(tmp_path, control=HandControl(away=True)) as shop:
        objects = await overdue(shop)
        outcome = await shop.retention.run_once()
        assert (
            shop.objects(),
            "not confirmed with control_room since this start" in (outcome.refused or ""),
        ) == (
            objects,
            True,
        )


async def test_nothing_is_destroyed_once_control_room_was_silent_for_an_hour(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.retention.run_once()
        shop.control.away = True
        objects = await overdue(shop)
        outcome = await shop.retention.run_once()
        assert (shop.objects(), "for over an hour" in (outcome.refused or "")) == (objects, True)


async def test_an_hour_without_control_room_delays_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        await shop.end.reconciliation.once()
        shop.control.away = True
        await shop.clock.advance(3000)
        outcome = await shop.retention.run_once()
        assert (outcome.refused, shop.objects()) == (None, [])


async def test_one_hold_that_cannot_be_kept_refuses_all_destruction(tmp_path: Path) -> None:
    backwards = HoldOrder("h-2", str(STREAM), START, START, "PV 2")
    async with workshop(tmp_path, control=HandControl({"h-2": backwards})) as shop:
        objects = await overdue(shop)
        outcome = await shop.retention.run_once()
        assert (shop.objects(), outcome.refused) == (
            objects,
            "hold h-2 cannot be kept: a hold ends after it starts",
        )


async def test_a_hold_that_control_room_has_ended_ends(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        await shop.holds.put(ALL)
        shop.control.released.add("h-1")
        await shop.end.reconciliation.once()
        assert (await shop.holds.ids(), list((tmp_path / "objects/.holds").glob("*.json"))) == (set(), [])


async def test_a_hold_that_control_room_does_not_know_stays(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.holds.put(ALL)
        await shop.end.reconciliation.once()
        await shop.retention.run_once()
        assert shop.objects() == objects


async def test_control_room_is_told_why_nothing_is_destroyed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        shop.clock.step_utc(40 * DAY_NS)
        await shop.retention.run_once()
        await shop.end.reconciliation.once()
        told = shop.control.told
        assert "the clock has jumped" in told.refusal
        assert [ground.code for ground in told.grounds] == ["clock-jumped"]
        assert (told.clock_disputed, told.utc_ns) == (True, shop.clock.utc_ns())


async def test_who_waits_for_nobody_destroys_without_control_room_but_keeps_what_it_was_told_last(
    tmp_path: Path,
) -> None:
    """An edge behind a link that is cut: as storage does not, which refuses from its start on."""
    control = HandControl(away=True)
    async with workshop(tmp_path, control=control) as shop:
        reconciliation = shop.end.reconciliation
        assert await reconciliation.reason_to_refuse() is not None
        assert await reconciliation.ask() is None
        control.away, control.active = False, {"h-1": ordered()}
        await shop.clock.advance(11)
        assert await reconciliation.ask() is None
        assert await shop.holds.ids() == {"h-1"}
        control.away = True
        await shop.clock.advance(2 * 3600)
        assert await reconciliation.ask() is None
        assert await shop.holds.ids() == {"h-1"}
