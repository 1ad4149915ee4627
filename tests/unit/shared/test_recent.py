from hypothesis import given
from hypothesis import strategies as st

from shared.recent import MAX_UNITS, RecentUnits
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


@given(appends)
def test_the_budget_is_never_exceeded(plan: list[tuple[bool, int, bool]]) -> None:
    recent = RecentUnits(BUDGET)
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


def test_a_group_that_outgrows_the_budget_is_forgotten_whole() -> None:
    recent = RecentUnits(100)
    for seq in range(3):
        recent.append(unit(seq, key=seq == 0, data=b"x" * 40))
    assert recent.snapshot() == ()


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


def test_one_group_is_all_that_is_held() -> None:
    recent = RecentUnits()
    for seq in range(4):
        recent.append(unit(seq, key=seq % 2 == 0, data=b"x" * 10))
    assert recent.size_bytes == 20
