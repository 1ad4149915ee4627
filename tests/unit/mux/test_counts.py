"""What happened since the last look."""

from mux.counts import Counts


def test_counts_are_taken_once() -> None:
    counts = Counts(packets=2)
    counts.packets += 1
    assert counts.take()["packets"] == 3
    assert set(counts.take().values()) == {0}
