"""A hold outlives what may happen to an index, and wins over destruction not yet done."""

from datetime import datetime
from pathlib import Path

import pytest

from shared.tickets import Action
from storage.model.segment import SegmentState
from tests.unit.storage.hands import HandControl
from tests.unit.storage.held import ALL, DAY_S, ordered, overdue
from tests.unit.storage.lost_index import bring_back, keep_index, lose_index
from tests.unit.storage.workshop import workshop


async def test_a_hold_survives_a_lost_index_and_reindexing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.holds.put(ALL)
    lose_index(tmp_path)
    async with workshop(tmp_path, nonce="bbbb") as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.reindex()
        outcome = await shop.retention.run_once()
        assert (outcome.refused, shop.objects()) == (None, objects)


async def test_a_hold_survives_an_older_index_and_reindexing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
    keep_index(tmp_path, tmp_path / "copy")
    async with workshop(tmp_path) as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.holds.put(ALL)
    bring_back(tmp_path, tmp_path / "copy")
    async with workshop(tmp_path) as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.reindex()
        outcome = await shop.retention.run_once()
        assert (outcome.refused, shop.objects()) == (None, objects)


async def test_a_hold_whose_file_and_row_are_lost_is_placed_again_before_destruction(tmp_path: Path) -> None:
    control = HandControl({"h-1": ordered()})
    async with workshop(tmp_path, control=control) as shop:
        objects = await overdue(shop)
        await shop.holds.remove("h-1")
        await shop.retention.run_once()
        assert (shop.objects(), await shop.holds.ids()) == (objects, {"h-1"})


async def test_a_hold_wins_over_what_is_condemned_and_still_there(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.dues.condemn(shop.clock.utc_ns())
        await shop.holds.put(ALL)
        await shop.retention.run_once()
        assert (shop.objects(), {row.state for row in await shop.rows.everything()}) == (
            objects,
            {SegmentState.STORED},
        )


async def test_a_hold_that_came_too_late_says_what_is_gone(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        first = (await shop.rows.everything())[0]
        shop.places.store.remove(first.key)
        await shop.rows.forget([first.key])
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), ordered(hours=1))
        gone = answer.json()["without_footage"][0]
    assert datetime.fromisoformat(gone["end"]).timestamp() == pytest.approx(first.end_ns / 1e9, abs=0.01)
