"""What each process takes: all that is free, no more than its share, and never from who has none to spare."""

from hypothesis import given
from hypothesis import strategies as st

from storage.index.leases import NOBODY, Lease
from storage.sharing.shares import STREAM, free_of, share_of

LIVING = frozenset({"a", "b", "c"})
HOLDERS = st.sampled_from(["a", "b", "c", "dead", NOBODY, None])


def _leases(holders: list[str | None]) -> dict[str, Lease]:
    named = {f"{STREAM}{number}": holder for number, holder in enumerate(holders)}
    return {name: Lease(holder, 1) for name, holder in named.items() if holder is not None}


def _settled(wanted: frozenset[str], leases: dict[str, Lease]) -> int:
    """Let each act in turn until none has anything to do; how many laps it took."""
    for lap in range(20):
        changed = False
        for me in sorted(LIVING):
            for name in share_of(me, wanted, leases, LIVING).take:
                assert leases.get(name, Lease(NOBODY, 0)).holder != me
                leases[name] = Lease(me, 2)
                changed = True
        if not changed:
            return lap
    raise AssertionError("it goes on for ever")


@given(st.lists(HOLDERS, max_size=20))
def test_whatever_was_held_all_is_held_evenly_in_the_end_and_then_nobody_moves(
    holders: list[str | None],
) -> None:
    wanted = frozenset(f"{STREAM}{number}" for number in range(len(holders)))
    leases = _leases(holders)
    assert _settled(wanted, leases) <= 6
    assert free_of(wanted, leases, LIVING) == set()
    counts = [sum(lease.holder == me for lease in leases.values()) for me in LIVING]
    assert max(counts) - min(counts) <= 1


@given(st.lists(HOLDERS, min_size=1, max_size=20))
def test_nothing_is_taken_from_the_living_while_anything_is_free(holders: list[str | None]) -> None:
    wanted = frozenset(f"{STREAM}{number}" for number in range(len(holders)))
    leases = _leases(holders)
    free = free_of(wanted, leases, LIVING)
    taken = set(share_of("a", wanted, leases, LIVING).take)
    assert taken <= free if free else True
    # What is urgent is taken, share or not.
    assert free <= set(share_of("a", wanted, leases, LIVING, free).take)


def test_what_nobody_wants_is_let_go_and_other_leases_are_left_alone() -> None:
    leases = {f"{STREAM}1": Lease("a", 1), f"{STREAM}2": Lease("b", 1), "leader": Lease("a", 3)}
    assert share_of("a", frozenset(), leases, LIVING).leave == (f"{STREAM}1",)
