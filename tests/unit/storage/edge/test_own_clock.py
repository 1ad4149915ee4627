"""A disputed clock of an edge is confirmed by control_room where both tell one time, and not else."""

from pathlib import Path

import httpx
import pytest

from shared.utc import instant_of
from storage.edge.own_clock import OwnClock
from storage.lifecycle.control_room import DateWitness
from storage.model.deadline import DAY_NS
from tests.support.pictures import START_NS
from tests.unit.storage.workshop import units, workshop

HOUR_NS = 3_600_000_000_000


@pytest.mark.parametrize(("apart_ns", "refused"), [(0, False), (2 * HOUR_NS, True), (None, True)])
async def test_after_a_day_without_power_the_clock_is_right_if_control_room_says_so(
    tmp_path: Path, apart_ns: int | None, refused: bool
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        await shop.retention.run_once()
    now_ns = START_NS + DAY_NS
    async with workshop(tmp_path, utc_ns=now_ns, boot_id="another boot") as shop:
        assert (await shop.retention.run_once()).refused
        dates = DateWitness(shop.clock)
        if apart_ns is not None:
            told = instant_of(now_ns + apart_ns).strftime("%a, %d %b %Y %H:%M:%S GMT")
            await dates.hear(httpx.Response(200, headers={"date": told}))
        await OwnClock(shop.end.keeper, dates, shop.clock).once()
        assert bool((await shop.retention.run_once()).refused) == refused
