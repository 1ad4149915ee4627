"""A reader's stream under arbitrary loss, duplication and late answers, without any socket."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SimulatedClock
from shared.recent import RecentUnits
from shared.tap.gathered import Gathered, read_usual
from shared.tap.reassembly import ASK_EVERY_NS, HELD_UNITS, Gap, Reassembly
from shared.tap.wire import gathered
from shared.units import AccessUnit
from tests.unit.shared.strategies import STREAM, unit

STALE_S = 5.1


class Reader:
    """A reassembly whose questions are counted and whose units are kept."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.got: list[AccessUnit | Gap] = []
        self.asked = 0
        self.answers: list[tuple[bool, int]] = []
        """Whether one began or ended, and how much had been given by then."""
        self.reassembly = Reassembly(STREAM, self.got.append, self._ask, self._answering, self.clock)
        self.reassembly.start()

    def _ask(self) -> None:
        self.asked += 1

    def _answering(self, coming: bool) -> None:
        self.answers.append((coming, len(self.got)))

    def live(self, *units: AccessUnit) -> None:
        for one in units:
            self.reassembly.live(one)

    def recent(self, *units: AccessUnit, whole: bool = True) -> None:
        for one in units:
            self.reassembly.recent(one, last=whole and one is units[-1])


def group(first: int, last: int, run: int = 1) -> list[AccessUnit]:
    """The units `first` to `last` of a run, `first` being its key unit."""
    return [unit(seq, key=seq == first, run=run) for seq in range(first, last + 1)]


# What happens next: a picture is made and reaches the reader so often; a part of the oldest answer comes,
# some of it lost or twice; the camera reconnects; time passes.
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("live"), st.sampled_from([0, 1, 1, 1, 1, 2])),
        st.tuples(st.just("answer"), st.integers(0, 12)),
        st.tuples(st.just("answer with losses"), st.integers(0, 12)),
        st.tuples(st.just("reconnect"), st.integers(0, 2)),
        st.tuples(st.just("wait"), st.integers(0, 6000)),
    ),
    max_size=150,
)


async def played(story: list[tuple[str, int]], gop: int) -> list[AccessUnit | Gap]:
    return (await reader_of(story, gop)).got


async def reader_of(story: list[tuple[str, int]], gop: int) -> Reader:
    reader = Reader()
    recent, answers = RecentUnits(), list[list[AccessUnit]]()
    run = seq = 0
    for kind, number in story:
        asked = reader.asked
        if kind == "live":
            made = unit(seq, key=seq % gop == 0, run=run)
            seq += 1
            recent.append(made)
            reader.live(*[made] * number)
        elif kind == "reconnect":
            run, seq = run + 1, number
        elif kind == "wait":
            await reader.clock.advance(number / 1000)
        elif answers:
            part, answers[0] = answers[0][:number], answers[0][number:]
            lossy = kind == "answer with losses"
            reader.recent(*(part[::2] + part[-1:] if lossy else part), whole=not answers[0])
            answers = [answer for answer in answers if answer]
        if reader.asked > asked and recent.snapshot():
            answers.append(list(recent.snapshot()))
    return reader


@given(happenings, st.integers(1, 12))
async def test_units_of_a_run_come_in_strictly_increasing_order(
    story: list[tuple[str, int]], gop: int
) -> None:
    places = [(got.run, got.seq) for got in await played(story, gop) if isinstance(got, AccessUnit)]
    assert places == sorted(set(places))


@given(happenings, st.integers(1, 12))
async def test_the_first_thing_a_reader_gets_is_a_key_unit(story: list[tuple[str, int]], gop: int) -> None:
    got = await played(story, gop)
    assert not got or (isinstance(got[0], AccessUnit) and got[0].key)


@given(happenings, st.integers(1, 12))
async def test_each_hole_is_announced_by_exactly_one_gap_and_followed_by_a_key_unit(
    story: list[tuple[str, int]], gop: int
) -> None:
    got = await played(story, gop)
    before: AccessUnit | None = None
    gap: Gap | None = None
    for item in got:
        if isinstance(item, Gap):
            assert gap is None
            gap = item
            continue
        goes_on = before is not None and item.run == before.run and item.seq == before.seq + 1
        begins = before is None or (item.run > before.run and item.seq == 0)
        assert (gap is None) is (goes_on or begins)
        assert item.key or goes_on
        if gap is not None and before is not None:
            assert gap.lost == (item.seq - before.seq - 1 if item.run == before.run else 0)
        before, gap = item, None
    assert gap is None


@given(happenings, st.integers(1, 12))
async def test_an_answer_that_begins_is_told_once_and_ends_once_before_the_next(
    story: list[tuple[str, int]], gop: int
) -> None:
    told = [coming for coming, _ in (await reader_of(story, gop)).answers]
    assert told == [number % 2 == 0 for number in range(len(told))]


@given(happenings, st.integers(1, 12))
async def test_questions_are_never_less_than_their_interval_apart(
    story: list[tuple[str, int]], gop: int
) -> None:
    reader = Reader()
    at: list[int] = [0]
    seq = 0
    for kind, number in story:
        before = reader.asked
        if kind == "live":
            seq += 2
            reader.live(unit(seq, key=False))
        elif kind == "wait":
            await reader.clock.advance(number / 1000)
        at += [reader.clock.monotonic_ns()] * (reader.asked - before)
    assert all(after - earlier >= ASK_EVERY_NS for earlier, after in pairwise(at))


def test_a_new_reader_asks_at_once() -> None:
    assert Reader().asked == 1


def test_recent_units_come_before_the_live_ones_that_overtook_them() -> None:
    reader = Reader()
    units = group(10, 16)
    reader.live(*units[4:])
    reader.recent(*units[:5])
    assert reader.got == units


def test_live_units_go_on_when_the_end_of_an_answer_is_lost() -> None:
    reader = Reader()
    units = group(10, 16)
    reader.live(*units[4:])
    reader.recent(*units[:4])
    assert reader.got == units


def test_an_answer_s_end_is_told_behind_all_that_came_with_it() -> None:
    reader = Reader()
    units = group(10, 16)
    reader.live(*units[4:6])
    reader.recent(*units[:5])
    reader.live(units[6])
    assert reader.answers == [(True, 0), (False, 6)]


def test_an_answer_whose_end_was_lost_ends_before_the_next_live_unit() -> None:
    reader = Reader()
    units = group(10, 16)
    reader.recent(*units[:4], whole=False)
    assert reader.answers == [(True, 0)]
    reader.live(units[4])
    assert reader.answers == [(True, 0), (False, 4)]


def test_units_that_come_twice_are_given_once() -> None:
    reader = Reader()
    units = group(0, 5)
    reader.live(*units)
    reader.recent(*units)
    reader.live(*units)
    assert reader.got == units


def test_nothing_is_given_before_the_first_key_unit() -> None:
    reader = Reader()
    reader.live(*group(0, 5)[1:])
    assert reader.got == []


def test_a_hole_is_filled_from_the_recent_units_without_a_gap() -> None:
    reader = Reader()
    units = group(0, 9)
    reader.live(*units[:4], *units[6:])
    reader.recent(*units)
    assert reader.got == units


async def test_a_hole_makes_the_reader_ask_again() -> None:
    reader = Reader()
    units = group(0, 9)
    reader.live(*units[:4])
    await reader.clock.advance(1)
    reader.live(*units[6:])
    assert reader.asked == 2


def test_a_hole_that_nothing_filled_ends_at_the_next_key_unit() -> None:
    reader = Reader()
    reader.live(*group(0, 9)[:4], *group(0, 9)[6:], *group(10, 12))
    assert reader.got == [*group(0, 3), Gap(STREAM, 6), *group(10, 12)]


def test_a_late_answer_after_a_gap_brings_nothing_old() -> None:
    reader = Reader()
    reader.live(*group(0, 3), *group(10, 12))
    reader.recent(*group(0, 9))
    assert reader.got == [*group(0, 3), Gap(STREAM, 6), *group(10, 12)]


def test_a_new_run_from_its_first_unit_has_no_gap() -> None:
    reader = Reader()
    reader.live(*group(0, 3), *group(0, 3, run=2))
    assert reader.got == [*group(0, 3), *group(0, 3, run=2)]


def test_a_new_run_whose_first_units_were_lost_has_a_gap_of_unknown_length() -> None:
    reader = Reader()
    reader.live(*group(0, 3), *group(5, 7, run=2))
    assert reader.got == [*group(0, 3), Gap(STREAM, 0), *group(5, 7, run=2)]


def test_what_is_left_of_an_earlier_run_is_not_given() -> None:
    reader = Reader()
    reader.live(*group(0, 3, run=2), *group(4, 6, run=1))
    assert reader.got == group(0, 3, run=2)


async def test_a_lower_run_is_taken_once_the_higher_one_has_been_silent() -> None:
    reader = Reader()
    reader.live(*group(0, 3, run=9))
    await reader.clock.advance(STALE_S)
    reader.live(*group(0, 3, run=1))
    assert reader.got == [*group(0, 3, run=9), *group(0, 3, run=1)]


async def test_a_lower_run_found_in_its_middle_is_asked_for() -> None:
    reader = Reader()
    reader.live(*group(0, 3, run=9))
    await reader.clock.advance(STALE_S)
    units = group(0, 6, run=1)
    reader.live(*units[4:])
    assert reader.asked == 2
    reader.recent(*units[:4])
    assert reader.got == [*group(0, 3, run=9), *units]


async def test_a_late_answer_of_an_earlier_run_is_not_taken_for_a_lower_one() -> None:
    reader = Reader()
    reader.live(*group(0, 3, run=1), *group(0, 3, run=2))
    await reader.clock.advance(STALE_S)
    reader.recent(*group(0, 3, run=1))
    assert reader.got == [*group(0, 3, run=1), *group(0, 3, run=2)]


def test_a_stream_without_key_units_is_not_kept_without_end() -> None:
    reader = Reader()
    units = group(0, HELD_UNITS * 3)
    reader.live(*units[1:])
    reader.recent(*units[:-HELD_UNITS])
    assert reader.got == units


async def test_a_reader_whose_questions_do_not_help_asks_ever_more_rarely() -> None:
    reader = Reader()
    for seq in range(1, 1500):
        reader.live(unit(seq))
        await reader.clock.advance(0.04)
    assert reader.asked < 15


async def test_a_reader_does_not_ask_again_while_the_answer_is_coming() -> None:
    reader = Reader()
    units = group(0, 200)
    for late, now in zip(units[:50], units[100:], strict=False):
        reader.live(now)
        reader.recent(late)
        await reader.clock.advance(0.2)
    assert reader.asked == 1


def gathered_of(units: list[AccessUnit]) -> Gathered | None:
    header, data = gathered(units)
    return read_usual(header, memoryview(bytearray(data)))


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 8), st.sampled_from(["live", "recent"])), max_size=12
    ),
    st.integers(1, 6),
)
def test_units_that_come_together_are_given_as_if_each_came_alone(
    story: list[tuple[int, int, str]], gop: int
) -> None:
    alone, in_groups = Reader(), Reader()
    in_groups.reassembly = Reassembly(
        STREAM,
        in_groups.got.append,
        in_groups._ask,
        in_groups._answering,
        in_groups.clock,
        lambda several: in_groups.got.extend(several.units()),
    )
    for first, count, way in story:
        units = [unit(seq, key=seq % gop == 0) for seq in range(first, first + count)]
        if way == "recent":
            alone.recent(*units)
            in_groups.recent(*units)
            continue
        alone.live(*units)
        several = gathered_of(units)
        assert several is not None
        in_groups.reassembly.live_together(several)
    assert in_groups.got == alone.got
