"""Whether this process keeps up."""

from mux.observe.lag import LATE_NS, REMEMBERED_NS, Lag


def test_a_process_that_was_late_is_late_for_a_while_and_no_longer() -> None:
    lag = Lag()
    lag.note(LATE_NS - 1, 0)
    assert not lag.late(0)
    lag.note(LATE_NS, 1)
    assert lag.late(1)
    assert lag.late(REMEMBERED_NS)
    assert not lag.late(REMEMBERED_NS + 1)
