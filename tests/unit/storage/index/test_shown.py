"""Footage past its deadline is shown to nobody, also while it is yet to be destroyed or re-dated."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.spans import Span
from shared.tickets import Action
from storage.index.database import Database
from storage.index.holds import Hold, HoldRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.index.shown import ShownRows, ShownSegment
from storage.model.deadline import DAY_NS, deadline_ns
from storage.model.instants import text_from_ns
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.account import STREAMS, Account, Step, Trial, record, steps
from tests.unit.storage.packages import EXPORT, exported, order
from tests.unit.storage.rows import BASE_NS, LENGTH_NS, index_in_memory, segment
from tests.unit.storage.workshop import Workshop, policy, units, workshop

DAY_S = 86_400.0
RECORDINGS = f"/recordings/{STREAM}"
ALL_NS = 400 * DAY_NS

few = st.lists(record, min_size=3, max_size=5)
short = st.lists(steps, min_size=1, max_size=5)


@given(few, short, st.integers(0, 3))
async def test_what_is_shown_is_what_a_plain_account_lets_live_whatever_retention_has_done(
    begun: list[Step], plan: list[Step], batches: int
) -> None:
    async with index_in_memory() as database:
        trial = Trial(Account(), database, batch=1)
        for step in [*begun, *plan]:
            await trial.take(step)
        # As far as a killed run came.
        for _ in range(batches):
            await trial.dues.lower()
            await trial.dues.release()
        trial.account.destroy()
        living = trial.account.living
        for stream in STREAMS:
            mine = [key for key, (one, _) in living.items() if one.stream == stream]
            shown, now_ns = ShownRows(database, trial.rows), trial.account.now_ns
            found = await shown.between(stream, now_ns - ALL_NS, now_ns + ALL_NS, now_ns)
            assert sorted(one.row.key for one in found) == sorted(mine)
            assert all(one.row.days == living[one.row.key][1] for one in found)
            spans = [span for one in found for span in one.spans]
            assert all(_is_let_live(trial.account, one) for one in found)
            days = [Span(now_ns + n * DAY_NS, now_ns + (n + 1) * DAY_NS) for n in range(-40, 40)]
            assert await shown.which_have_any(stream, days, now_ns) == {
                number
                for number, day in enumerate(days)
                if any(one.start_ns < day.end_ns and one.end_ns > day.start_ns for one in spans)
            }
            starts = [one.start_ns for one in spans]
            for from_ns in (now_ns - ALL_NS, *(start + 1 for start in starts)):
                wanted = min((start for start in starts if start >= from_ns), default=None)
                told = await shown.next_start_ns(stream, from_ns, now_ns)
                # A hold may begin within what is shown anyway: that is there too.
                inside = told is not None and any(one.start_ns <= told < one.end_ns for one in spans)
                assert told == wanted or (inside and from_ns <= (told or 0) <= (wanted or now_ns))


def _is_let_live(account: Account, shown: ShownSegment) -> bool:
    """Whether the spans of a segment are all of it before its deadline, and what holds keep of it behind."""
    one = shown.row
    if deadline_ns(one.start_ns, one.days) > account.now_ns:
        return shown.spans == (Span(one.start_ns, one.end_ns),)
    edges = {one.start_ns, one.end_ns}
    mine = [hold for hold in account.holds.values() if hold.stream == str(one.stream)]
    for hold in mine:
        edges |= {at for at in (hold.start_ns, hold.end_ns) if one.start_ns < at < one.end_ns}
    return all(
        any(span.start_ns <= at < span.end_ns for span in shown.spans)
        == (at < one.end_ns and any(hold.start_ns <= at < hold.end_ns for hold in mine))
        for at in edges
    )


async def test_what_an_ended_hold_kept_is_shown_no_more_at_once() -> None:
    async with index_in_memory() as database:
        trial, now_ns = Trial(Account(), database), BASE_NS + 40 * DAY_NS
        one = segment(0)
        await trial.rows.add(one)
        await trial.holds.put(Hold("h-1", str(STREAM), BASE_NS, BASE_NS + 1, "PV 1"))
        await trial.dues.condemn(now_ns)
        held = await seen(database, trial, now_ns)
        await trial.holds.remove("h-1")
        ended = await seen(database, trial, now_ns)
    assert (held, ended) == (([one.key], one.start_ns), ([], None))


async def seen(database: Database, trial: Trial, now_ns: int) -> tuple[list[str], int | None]:
    shown = ShownRows(database, trial.rows)
    found = await shown.between(STREAM, BASE_NS, BASE_NS + LENGTH_NS, now_ns)
    return [one.row.key for one in found], await shown.next_start_ns(STREAM, BASE_NS, now_ns)


async def on_day_ten(shop: Workshop) -> None:
    """Footage of ten days ago under thirty days, and twenty of them taken back; no run of retention since."""
    await shop.record_all(units(250), days=30)
    await shop.clock.advance(10 * DAY_S)
    await shop.policies.replace([policy(days=5)], shop.clock.utc_ns())


async def played(shop: Workshop) -> tuple[int, list[object], str | None]:
    """How asking for the footage ends, the ranges there are, and where the next is said to be."""
    token = shop.token(Action.PLAYBACK, str(STREAM))
    start, end = text_from_ns(START_NS), text_from_ns(START_NS + 10**10)
    media = await shop.get(f"{RECORDINGS}/media", token, **{"from": start}, to=end)
    ranges = await shop.get(RECORDINGS, token, **{"from": start}, to=end)
    return media.status_code, ranges.json()["ranges"], media.headers.get("x-beffroi-next")


async def test_lowered_days_end_playback_before_any_row_says_so(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await on_day_ten(shop)
        assert (shop.objects() != [], await played(shop)) == (True, (204, [], None))


async def test_a_hold_lets_what_is_past_its_deadline_and_still_there_be_seen(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await on_day_ten(shop)
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + DAY_NS, "PV 1"))
        status, ranges, _ = await played(shop)
        await shop.retention.run_once()
        assert (status, len(ranges), shop.objects() != []) == (200, 1, True)


async def test_an_export_ordered_past_the_deadline_has_nothing_of_it(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await on_day_ten(shop)
        await exported(shop)
        assert (await shop.jobs.progress(EXPORT)).status == "failed"


async def test_an_export_ordered_before_the_deadline_is_made_after_it(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250), days=5)
        await shop.clock.advance(4.99 * DAY_S)
        token = shop.token(Action.EXPORT, f"export:{EXPORT}")
        await shop.put(f"/exports/{EXPORT}", token, order())
        await shop.clock.advance(0.1 * DAY_S)
        await shop.export_done(EXPORT)
        assert (await shop.jobs.progress(EXPORT)).status == "done"


async def test_a_package_of_footage_past_its_deadline_is_given_to_nobody(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250), days=30)
        await exported(shop)
        await shop.clock.advance(6 * DAY_S)
        path = f"/exports/{EXPORT}/package"
        before = await shop.get(path, shop.token(Action.DOWNLOAD, f"export:{EXPORT}"))
        await shop.policies.replace([policy(days=5)], shop.clock.utc_ns())
        after = await shop.get(path, shop.token(Action.DOWNLOAD, f"export:{EXPORT}"))
    assert (before.status_code, after.status_code) == (200, 409)


def day(number: int) -> Span:
    """Ten minutes of which each is one segment."""
    return Span(BASE_NS + number * 10 * LENGTH_NS, BASE_NS + (number + 1) * 10 * LENGTH_NS)


async def test_which_spans_have_footage_is_told_by_number() -> None:
    async with index_in_memory() as database:
        rows = SegmentRows(database)
        shown = ShownRows(database, rows)
        for number in (3, 25, 29):
            await rows.add(segment(number))
        found = await shown.which_have_any(STREAM, [day(number) for number in range(70)], BASE_NS)
    assert found == {0, 2}


async def test_a_segment_over_the_border_of_two_spans_is_in_both() -> None:
    async with index_in_memory() as database:
        rows = SegmentRows(database)
        await rows.add(segment(0, start_ns=day(1).start_ns - 1, length_ns=LENGTH_NS))
        found = await ShownRows(database, rows).which_have_any(STREAM, [day(n) for n in range(3)], BASE_NS)
    assert found == {0, 1}


async def test_a_span_past_its_deadline_has_footage_only_where_it_is_held() -> None:
    async with index_in_memory() as database:
        rows = SegmentRows(database)
        for number in range(40):
            await rows.add(segment(number, days=1))
        held = day(1)
        await HoldRows(database).put(Hold("h-1", str(STREAM), held.start_ns, held.start_ns + 1, "PV 1"))
        spans = [day(number) for number in range(4)]
        found = await ShownRows(database, rows).which_have_any(STREAM, spans, BASE_NS + 2 * DAY_NS)
    assert found == {1}


async def test_days_lowered_since_empty_a_span_before_its_rows_follow() -> None:
    async with index_in_memory() as database:
        rows = SegmentRows(database)
        await rows.add(segment(0, days=30))
        await PolicyRows(database).replace([policy(days=5)], BASE_NS)
        shown = ShownRows(database, rows)
        found = [await shown.which_have_any(STREAM, [day(0)], BASE_NS + days * DAY_NS) for days in (4, 6)]
    assert found == [{0}, set()]
