"""How much one run of retention may do before it lets others go first."""

from dataclasses import dataclass

from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many rows a run may look at, and how long it may go on. It removes `batch` files at once."""

    rows: int = 20_000
    ns: int = 300_000_000
    batch: int = 200


USUAL = Allowance()


class Budget:
    """What is left of an allowance."""

    def __init__(self, allowance: Allowance, clock: Clock) -> None:
        self._rows = allowance.rows
        self._clock = clock
        self._end_ns = clock.monotonic_ns() + allowance.ns

    def spend(self, rows: int) -> None:
        """So many rows were looked at."""
        self._rows -= rows

    @property
    def spent(self) -> bool:
        """Whether the run must end with the batch it has begun."""
        return self._rows <= 0 or self._clock.monotonic_ns() >= self._end_ns
