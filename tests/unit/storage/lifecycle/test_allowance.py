"""How much one run of destruction may do."""

from shared.clock import SimulatedClock
from storage.lifecycle.allowance import Allowance
from tests.unit.storage.bounded import due, retention
from tests.unit.storage.rows import index_in_memory


class TickingClock(SimulatedClock):
    """Each look at it takes a tenth of a second."""

    def monotonic_ns(self) -> int:
        self._now_ns += 100_000_000
        return self._now_ns


async def test_a_run_looks_at_no_more_rows_than_it_is_allowed_and_the_next_goes_on() -> None:
    async with index_in_memory() as database:
        trial = await due(database, 7)
        outcomes = [await retention(trial, Allowance(rows=4, batch=1)).run_once() for _ in range(4)]
    # Each row is looked at twice: condemned, then destroyed.
    assert [(one.missing, one.left) for one in outcomes] == [(2, True), (2, True), (2, True), (1, False)]


async def test_a_run_goes_on_no_longer_than_it_is_allowed() -> None:
    async with index_in_memory() as database:
        trial = await due(database, 40)
        outcome = await retention(
            trial, Allowance(ns=800_000_000), TickingClock(trial.account.now_ns)
        ).run_once()
        rows = len(await trial.rows.everything())
    assert outcome.left
    assert 30 < rows < 40
