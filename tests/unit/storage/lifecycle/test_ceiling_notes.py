"""An index made again is the one that was lost: rows, states, days, deadlines, holds."""

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from shared.messages.storage import RecordingPolicy
from storage.index.holds import Hold
from storage.index.tables import segments
from storage.model.deadline import DAY_NS
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.lost_index import bring_back, keep_index, lose_index
from tests.unit.storage.workshop import Workshop, policy, units, workshop

DAY_S = DAY_NS / 1e9
Deed = tuple[str, int]
DEEDS = st.one_of(
    st.tuples(st.just("record"), st.just(0)),
    st.tuples(st.just("authorise"), st.integers(1, 31)),
    st.tuples(st.just("hold"), st.integers(0, 4)),
    st.tuples(st.just("wait"), st.integers(1, 9)),
)


async def done(shop: Workshop, deeds: list[Deed]) -> RecordingPolicy:
    """Do it all; the policy in force then."""
    now = policy()
    await shop.policies.replace([now], shop.clock.utc_ns())
    for number, (deed, value) in enumerate(deeds):
        match deed:
            case "record":
                shop.recorder.apply([now])
                await shop.record(units(50, start_ns=shop.clock.utc_ns(), width=64, height=48))
                shop.recorder.apply([])
                await shop.settle()
                await shop.finish()
                await shop.clock.advance(60)
            case "authorise":
                now = policy(days=value)
                await shop.policies.replace([now], shop.clock.utc_ns())
            case "hold":
                start_ns = START_NS + value * 2 * DAY_NS
                await shop.holds.put(
                    Hold(f"h-{number}", str(STREAM), start_ns, start_ns + 3 * DAY_NS, "PV 1")
                )
            case "wait":
                await shop.clock.advance(value * DAY_S)
        await settled(shop)
    return now


async def settled(shop: Workshop) -> None:
    outcome = await shop.retention.run_once()
    assert outcome.refused is None, outcome.refused
    await shop.clock.advance(21)


async def told(shop: Workshop) -> tuple[list[object], list[Hold]]:
    async with shop.database.read() as connection:
        rows = (await connection.execute(select(segments).order_by(segments.c.key))).all()
    return [row._asdict() for row in rows], sorted(await shop.holds.all(), key=str)


@settings(max_examples=6, deadline=None)
@given(st.lists(DEEDS, min_size=2, max_size=7), st.booleans())
@example([("record", 0), ("authorise", 2), ("authorise", 31), ("wait", 1)], False)
@example([("record", 0), ("authorise", 2), ("hold", 0), ("wait", 4), ("record", 0)], True)
async def test_an_index_made_again_is_the_one_that_was_lost(deeds: list[Deed], older: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with workshop(folder):
            pass
        keep_index(folder, folder / "copy")
        async with workshop(folder) as shop:
            now = await done(shop, deeds)
            at_ns = shop.clock.utc_ns()
            lost = await told(shop)
        if older:
            bring_back(folder, folder / "copy")
        else:
            lose_index(folder)
        async with workshop(folder, utc_ns=at_ns, booted_ns=at_ns - START_NS) as shop:
            await shop.reindex()
            await shop.policies.replace([now], shop.clock.utc_ns())
            for _ in range(2):
                await settled(shop)
            assert await told(shop) == lost


async def test_an_older_index_raises_no_days_that_were_lowered_since(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50), days=30)
    keep_index(tmp_path, tmp_path / "copy")
    async with workshop(tmp_path) as shop:
        for days in (2, 30):
            await shop.policies.replace([policy(days=days)], shop.clock.utc_ns())
            await settled(shop)
        at_ns = shop.clock.utc_ns()
    bring_back(tmp_path, tmp_path / "copy")
    async with workshop(tmp_path, utc_ns=at_ns, booted_ns=at_ns - START_NS) as shop:
        for _ in range(2):
            await settled(shop)
        assert [row.days for row in await shop.rows.everything()] == [2]
