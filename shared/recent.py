"""The last whole group of pictures of a stream: one buffer, many cursors."""

from dataclasses import dataclass

from shared.units import AccessUnit

DEFAULT_BUDGET_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Dropped:
    """A cursor fell behind and lost `count` units; what follows starts at a key unit."""

    count: int


class RecentUnits:
    """Keeps the units from the last key unit on, at most `budget_bytes` of them.

    A group that outgrows the budget is forgotten whole, because half a group cannot be decoded; the
    buffer is then empty until the next key unit. Every unit has a number from 0 for life, so that
    what a cursor lost is a subtraction.
    """

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._units: list[AccessUnit] = []
        self._bytes = 0
        self._next_number = 0
        self._closed = True
        self.overflows = 0

    def append(self, unit: AccessUnit) -> None:
        """Take the next unit of the stream. A hole or another run closes the group until a key unit."""
        self._next_number += 1
        if unit.key:
            self._units, self._bytes, self._closed = [], 0, False
        elif self._closed or not self._follows(unit):
            self._forget()
            return
        self._bytes += len(unit.data)
        if self._bytes > self._budget_bytes:
            self.overflows += 1
            self._forget()
            return
        self._units.append(unit)

    def snapshot(self) -> tuple[AccessUnit, ...]:
        """The current group from its key unit on; empty where there is none that is whole."""
        return tuple(self._units)

    @property
    def size_bytes(self) -> int:
        return self._bytes

    def cursor(self) -> "Cursor":
        """A reader that starts at the current group's key unit."""
        return Cursor(self, self._next_number - len(self._units))

    def read_from(self, number: int) -> tuple[list[AccessUnit | Dropped], int]:
        """What a reader that has seen all below `number` gets now, and the number it has reached."""
        first = self._next_number - len(self._units)
        if not self._units or number >= first:
            units: list[AccessUnit | Dropped] = list(self._units[max(0, number - first) :])
            return (units, self._next_number) if units else ([], number)
        return [Dropped(first - number), *self._units], self._next_number

    def _follows(self, unit: AccessUnit) -> bool:
        last = self._units[-1]
        return unit.run == last.run and unit.seq == last.seq + 1

    def _forget(self) -> None:
        self._units, self._bytes, self._closed = [], 0, True


class Cursor:
    """One reader's place in a stream's recent units."""

    def __init__(self, recent: RecentUnits, number: int) -> None:
        self._recent = recent
        self._number = number

    def take(self) -> list[AccessUnit | Dropped]:
        """All units since the last call. After a loss, first a `Dropped`, then a key unit."""
        taken, self._number = self._recent.read_from(self._number)
        return taken
