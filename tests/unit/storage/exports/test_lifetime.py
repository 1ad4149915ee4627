"""How long packages and other copies live: never longer than the footage in them."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.messages.storage import ExportStatus
from shared.spans import Span
from storage.exports.lifetime import package_due_ns, parts_of
from storage.index.holds import Hold
from storage.model.deadline import DAY_NS, deadline_ns, earliest_deadline_ns
from storage.model.export_part import ExportPart
from storage.model.segment import Footage
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import EXPORT, exported, order
from tests.unit.storage.workshop import Workshop, policy, units, workshop

DAY_S = 86_400.0
HOUR_NS = 3600 * 10**9
# The last days of January: deadlines there do not follow the order of capture.
JANUARY_NS = 1_769_600_000 * 10**9


@given(st.integers(0, 40 * 24), st.integers(1, 200), st.integers(1, 31))
def test_the_earliest_deadline_of_a_range_is_that_of_some_hour_of_it(
    start_h: int, hours: int, days: int
) -> None:
    start_ns = JANUARY_NS - JANUARY_NS % DAY_NS + start_h * HOUR_NS
    found = earliest_deadline_ns(start_ns, start_ns + hours * HOUR_NS, days)
    assert found == min(deadline_ns(start_ns + hour * HOUR_NS, days) for hour in range(hours))


def footage(start_h: int, days: int, number: int) -> Footage:
    start_ns = JANUARY_NS + start_h * HOUR_NS
    return Footage(f"{number}", STREAM, 1, start_ns, start_ns + HOUR_NS, "avc1", "p", days)


def keeps(hold: Hold, start_ns: int, end_ns: int) -> bool:
    return hold.start_ns < end_ns and hold.end_ns > start_ns


def held_whole(holds: Sequence[Hold], start_ns: int, end_ns: int) -> bool:
    """Whether every half hour of a range is held."""
    half_ns = HOUR_NS // 2
    return all(
        any(keeps(hold, at_ns, at_ns + half_ns) for hold in holds)
        for at_ns in range(start_ns, end_ns, half_ns)
    )


shown = st.lists(st.tuples(st.integers(0, 150), st.integers(1, 31)), min_size=1, max_size=12)
ranges = st.lists(st.tuples(st.integers(-1, 300), st.integers(1, 100)), max_size=4)


@given(shown, ranges, st.integers(0, 60), st.integers(0, 20))
def test_a_package_never_outlives_what_no_hold_keeps_of_it(
    hours: list[tuple[int, int]], held: list[tuple[int, int]], own_days: int, asked_h: int
) -> None:
    asked = Span(JANUARY_NS + asked_h * HOUR_NS + HOUR_NS // 2, JANUARY_NS + 400 * HOUR_NS)
    found = [footage(start_h, days, number) for number, (start_h, days) in enumerate(sorted(hours))]
    within = [one for one in found if one.end_ns > asked.start_ns]
    holds = []
    for number, (start, length) in enumerate(held):
        start_ns = JANUARY_NS + start * HOUR_NS // 2
        holds.append(Hold(f"{number}", str(STREAM), start_ns, start_ns + length * HOUR_NS // 2, "PV 1"))
    own_ns = JANUARY_NS + own_days * DAY_NS
    due_ns = package_due_ns(own_ns, parts_of(within, asked), holds)
    free = [one for one in within if not any(keeps(hold, one.start_ns, one.end_ns) for hold in holds)]
    open_to_doubt = [
        one for one in within if not held_whole(holds, max(one.start_ns, asked.start_ns), one.end_ns)
    ]
    latest_ns = min([own_ns, *(deadline_ns(one.start_ns, one.days) for one in free)])
    # Hours without footage between two parts of the same days are no part: nothing is judged by them.
    earliest_ns = min([own_ns, *(deadline_ns(one.start_ns, one.days) for one in open_to_doubt)])
    assert earliest_ns <= due_ns <= latest_ns


async def done_on_day(shop: Workshop, day: float, days: int = 30) -> Path:
    """A package made when its footage was that old."""
    await shop.record_all(units(50), days=days)
    await shop.clock.advance(day * DAY_S)
    return await exported(shop, order(0, 2))


async def test_a_package_of_the_last_day_dies_with_its_footage(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        package = await done_on_day(shop, 29.5)
        await shop.retention.run_once()
        alive = package.exists()
        await shop.clock.advance(0.6 * DAY_S)
        await shop.retention.run_once()
        status = (await shop.jobs.progress(EXPORT)).status
    assert (alive, package.exists(), status) == (True, False, ExportStatus.DESTROYED)


async def test_a_hold_on_its_footage_keeps_a_package_for_its_own_days(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        package = await done_on_day(shop, 29.5)
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + 2 * 10**9, "PV 1"))
        await shop.clock.advance(3 * DAY_S)
        await shop.retention.run_once()
        held = package.exists()
        await shop.clock.advance(5 * DAY_S)
        await shop.retention.run_once()
    assert (held, package.exists()) == (True, False)


async def test_a_package_dies_when_the_hold_on_its_overdue_footage_ends(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        package = await done_on_day(shop, 29.5)
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + 2 * 10**9, "PV 1"))
        await shop.clock.advance(3 * DAY_S)
        await shop.holds.remove("h-1")
        await shop.retention.run_once()
    assert not package.exists()


async def test_a_package_follows_the_days_of_its_camera_down(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        package = await done_on_day(shop, 3)
        for days in (2, 30):
            await shop.policies.replace([policy(days=days)], shop.clock.utc_ns())
        await shop.retention.run_once()
    assert not package.exists()


async def test_footage_still_being_recorded_bounds_its_package(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy(days=2)])
        await shop.policies.replace([policy(days=2)])
        await shop.record(units(100))
        package = await exported(shop, order(0, 2))
        alive = package.exists()
        await shop.clock.advance(2.1 * DAY_S)
        await shop.retention.run_once()
    assert (alive, package.exists()) == (True, False)


def test_two_segments_that_begin_together_are_one_part_under_the_fewer_days() -> None:
    asked = Span(JANUARY_NS, JANUARY_NS + 9 * HOUR_NS)
    parts = parts_of([footage(0, 9, 1), footage(0, 3, 2)], asked)
    assert parts == [ExportPart(str(STREAM), JANUARY_NS, JANUARY_NS, JANUARY_NS + HOUR_NS, 3)]
