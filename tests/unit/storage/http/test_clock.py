"""A person confirms storage's clock over HTTP."""

from datetime import UTC, datetime
from pathlib import Path

from shared.messages.storage import ClockConfirmed
from shared.tickets import CLOCK_RESOURCE, Action
from tests.support.pictures import START_NS
from tests.unit.storage.workshop import Workshop, workshop


async def confirm(shop: Workshop, utc_ns: int, by: str = "a.dupont") -> int:
    word = ClockConfirmed(datetime.fromtimestamp(utc_ns / 1e9, UTC), by)
    answer = await shop.put("/clock", shop.token(Action.CLOCK, CLOCK_RESOURCE), word)
    return answer.status_code


async def test_nobody_confirms_without_a_name(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert await confirm(shop, START_NS, by=" ") == 400


async def test_a_ticket_for_something_else_confirms_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        word = ClockConfirmed(datetime.fromtimestamp(START_NS / 1e9, UTC), "a.dupont")
        answer = await shop.put("/clock", shop.token(Action.HOLD, CLOCK_RESOURCE), word)
    assert answer.status_code == 403
