from hypothesis import given
from hypothesis import strategies as st

from shared.recent import MAX_UNITS, Dropped, RecentUnits
from shared.units import AccessUnit
from tests.unit.shared.strategies import unit

BUDGET = 100
# (key, size, hole before it)
appends = st.lists(
    st.tuples(st.booleans(), st.integers(1, 60), st.integers(0, 8).map(lambda n: n == 8)), max_size=60
)


def fill(recent: RecentUnits, plan: list[tuple[bool, int, bool]]) -> list[AccessUnit]:
    seq = 0
    made = []
    for key, size, hole in plan:
        seq += 2 if hole else 1
        made.append(unit(seq, key=key, data=b"x" * size))
        recent.append(made[-1])
    return made


@given(appends, st.booleans())
def test_the_budget_is_never_exceeded(plan: list[tuple[bool, int, bool]], read: bool) -> None:
    recent = RecentUnits(BUDGET)
    _cursor = recent.cursor() if read else None
    for step in range(len(plan)):
        recent.append(unit(step, key=plan[step][0], data=b"x" * plan[step][1]))
        assert recent.size_bytes <= BUDGET


@given(appends)
def test_what_is_kept_starts_at_a_key_unit_and_has_no_hole(plan: list[tuple[bool, int, bool]]) -> None:
    recent = RecentUnits(BUDGET)
    fill(recent, plan)
    kept = recent.snapshot()
    assert [held.key for held in kept] == [True, *[False] * (len(kept) - 1)][: len(kept)]
    assert [held.seq for held in kept] == [kept[0].seq + at for at in range(len(kept))]


@given(appends, st.integers(1, 7))
def test_a_reader_gets_each_unit_once_and_a_key_unit_after_each_loss(
    plan: list[tuple[bool, int, bool]], every: int
) -> None:
    recent = RecentUnits(BUDGET)
    cursor = recent.cursor()
    made: list[AccessUnit] = []
    got: list[AccessUnit | Dropped] = []
    for at, (key, size, hole) in enumerate(plan):
        made.append(unit((made[-1].seq if made else 0) + (2 if hole else 1), key=key, data=b"x" * size))
        recent.append(made[-1])
        if at % every == 0:
            got += cursor.take()
    got += cursor.take()
    passed = 0
    for item, after in zip(got, [*got[1:], None], strict=False):
        if isinstance(item, Dropped):
            passed += item.count
            assert isinstance(after, AccessUnit)
            assert after.key
        else:
            assert item is made[passed]
            passed += 1


def test_a_group_that_outgrows_the_budget_is_forgotten_whole() -> None:
    recent = RecentUnits(100)
    for seq in range(3):
        recent.append(unit(seq, key=seq == 0, data=b"x" * 40))
    assert recent.snapshot() == ()


def test_a_forgotten_group_is_counted() -> None:
    recent = RecentUnits(100)
    recent.append(unit(0, key=True, data=b"x" * 101))
    assert recent.overflows == 1


def test_units_without_number_are_bounded_as_well() -> None:
    recent = RecentUnits()
    for seq in range(MAX_UNITS + 1):
        recent.append(unit(seq, key=seq == 0))
    assert recent.snapshot() == ()


def test_the_next_key_unit_starts_a_new_group() -> None:
    recent = RecentUnits(100)
    recent.append(unit(0, key=True, data=b"x" * 101))
    recent.append(unit(1, key=True))
    assert recent.snapshot() == (unit(1, key=True),)


def test_units_before_the_first_key_unit_are_not_kept() -> None:
    recent = RecentUnits()
    recent.append(unit(5))
    assert recent.snapshot() == ()


def test_a_hole_ends_the_group() -> None:
    recent = RecentUnits()
    recent.append(unit(0, key=True))
    recent.append(unit(2))
    assert recent.snapshot() == ()


def test_another_run_ends_the_group() -> None:
    recent = RecentUnits()
    recent.append(unit(0, key=True, run=1))
    recent.append(unit(1, run=2))
    assert recent.snapshot() == ()


def test_a_reader_starts_at_the_current_key_unit() -> None:
    recent = RecentUnits()
    made = [unit(seq, key=seq in (0, 3)) for seq in range(5)]
    for one in made:
        recent.append(one)
    assert recent.cursor().take() == made[3:]


def test_a_reader_that_is_a_little_late_loses_nothing_where_a_group_ends() -> None:
    recent = RecentUnits()
    recent.append(unit(0, key=True))
    cursor = recent.cursor()
    cursor.take()
    rest = [unit(1), unit(2), unit(3, key=True), unit(4)]
    for one in rest:
        recent.append(one)
    assert cursor.take() == rest


def test_a_reader_that_is_very_late_is_told_how_many_it_lost() -> None:
    recent = RecentUnits()
    recent.append(unit(0, key=True))
    cursor = recent.cursor()
    cursor.take()
    for seq in range(1, 10):
        recent.append(unit(seq, key=seq % 3 == 0))
    assert cursor.take() == [Dropped(8), unit(9, key=True)]


def test_two_readers_do_not_disturb_each_other() -> None:
    recent = RecentUnits()
    recent.append(unit(0, key=True))
    first, second = recent.cursor(), recent.cursor()
    first.take()
    assert second.take() == [unit(0, key=True)]


def test_nothing_new_is_nothing() -> None:
    recent = RecentUnits()
    recent.append(unit(0, key=True))
    cursor = recent.cursor()
    cursor.take()
    assert cursor.take() == []


def test_without_readers_one_group_is_all_that_is_held() -> None:
    recent = RecentUnits()
    for seq in range(4):
        recent.append(unit(seq, key=seq % 2 == 0, data=b"x" * 10))
    assert recent.size_bytes == 20
