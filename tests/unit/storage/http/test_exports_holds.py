"""Holds over the real routes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.messages.storage import HoldOrder
from shared.tickets import Action
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import units, workshop

START = datetime.fromtimestamp(START_NS / 1e9, UTC)


def order(reference: str = "PV 2026/77", *, hours: float = 1) -> HoldOrder:
    return HoldOrder("h-1", str(STREAM), START, START + timedelta(hours=hours), reference)


async def test_a_hold_ordered_by_http_keeps_footage(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50), days=1)
        await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), order())
        await shop.clock.advance(2 * 86_400)
        await shop.retention.run_once()
        assert shop.objects()


async def test_a_hold_removed_by_http_lets_footage_die(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50), days=1)
        token = shop.token(Action.HOLD, "hold:h-1")
        await shop.put("/holds/h-1", token, order())
        await shop.http.delete("/holds/h-1", headers={"authorization": f"Bearer {token}"})
        await shop.clock.advance(2 * 86_400)
        await shop.retention.run_once()
        assert shop.objects() == []


async def test_a_hold_without_reference_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), order(" "))
    assert (answer.status_code, answer.json()["field"]) == (400, "reference")


async def test_a_hold_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), order(hours=-1))
    assert answer.status_code == 400


async def test_a_ticket_for_another_hold_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-2"), order())
    assert answer.status_code == 403
