"""Who lives is judged by one's own looks alone."""

from itertools import count

from storage.index.leases import Beat
from storage.sharing.pulse import LAPSE_NS, LOOK_NS, Pulse

S = 1_000_000_000


def test_one_that_stands_still_for_long_enough_is_dead_and_lives_again_once_it_moves() -> None:
    pulse, still = Pulse(), {"a": Beat("run", 7)}
    seconds = next(at for at in count() if not pulse.see(still, at * S))
    assert seconds * S == LAPSE_NS
    assert pulse.see({"a": Beat("run", 8)}, (seconds + 1) * S) == {"a"}
    # Another start of it is a change too, whatever its number.
    assert pulse.see({"a": Beat("again", 8)}, (seconds + 2) * S) == {"a"}


def test_what_the_watcher_did_not_watch_does_not_count() -> None:
    pulse, still = Pulse(), {"a": Beat("run", 7)}
    pulse.see(still, 0)
    for lap in range(1, 3):
        # An hour without a look is two seconds of watching.
        assert pulse.see(still, lap * 3600 * S) == {"a"}
    assert pulse.see(still, 3 * 3600 * S) == frozenset()
    assert 2 * LOOK_NS * 3 >= LAPSE_NS


def test_one_whose_row_is_gone_is_not_there() -> None:
    pulse = Pulse()
    assert pulse.see({"a": Beat("run", 1)}, 0) == {"a"}
    assert pulse.see({}, S) == frozenset()
