"""The last whole group of pictures of a stream: one buffer, many cursors."""

from dataclasses import dataclass
from weakref import WeakSet

from shared.units import AccessUnit

DEFAULT_BUDGET_BYTES = 8 << 20
MAX_UNITS = 3000
"""Two minutes at 25 pictures a second; more than one answer of the tap should hold."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A cursor fell behind and lost `count` units; what follows starts at a key unit."""

    count: int


class RecentUnits:
    """Keeps the units from the last key unit on, at most `budget_bytes` and MAX_UNITS of them.

    A group that outgrows the budget is forgotten whole, because half a group cannot be decoded; the
    buffer is then empty until the next key unit. While there are cursors the group before is kept too,
    as far as the budget allows, so that a reader a few units late loses none where a group ends. Every
    unit has a number from 0 for life, so that what a cursor lost is a subtraction.
    """

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._units: list[AccessUnit] = []
        self._bytes = 0
        self._before: list[AccessUnit] = []
        self._before_bytes = 0
        self._cursors: WeakSet[Cursor] = WeakSet()
        self._next_number = 0
        self.overflows = 0

    def append(self, unit: AccessUnit) -> None:
        """Take the next unit of the stream. A hole or another run closes the group until a key unit."""
        self._next_number += 1
        if unit.key:
            self._begin_group()
        elif not self._units or not self._follows(unit):
            self._forget()
            return
        self._bytes += len(unit.data)
        self._units.append(unit)
        if self.size_bytes > self._budget_bytes:
            self._before, self._before_bytes = [], 0
        if self._bytes > self._budget_bytes or len(self._units) > MAX_UNITS:
            self.overflows += 1
            self._forget()

    def snapshot(self) -> tuple[AccessUnit, ...]:
        """The current group from its key unit on; empty where there is none that is whole."""
        return tuple(self._units)

    @property
    def size_bytes(self) -> int:
        """Bytes of all units held."""
        return self._before_bytes + self._bytes

    def cursor(self) -> "Cursor":
        """A reader that starts at the current group's key unit."""
        cursor = Cursor(self, self._next_number - len(self._units))
        self._cursors.add(cursor)
        return cursor

    def read_from(self, number: int) -> tuple[list[AccessUnit | Dropped], int]:
        """What a reader that has seen all below `number` gets now, and the number it has reached."""
        if not self._units:
            return [], number
        first = self._next_number - len(self._units)
        if number >= first - len(self._before):
            held = self._before + self._units if number < first else self._units
            return list(held[len(held) - (self._next_number - number) :]), self._next_number
        return [Dropped(first - number), *self._units], self._next_number

    def _follows(self, unit: AccessUnit) -> bool:
        last = self._units[-1]
        return unit.run == last.run and unit.seq == last.seq + 1

    def _begin_group(self) -> None:
        kept = self._units if self._cursors else []
        self._before, self._before_bytes = kept, self._bytes if kept else 0
        self._units, self._bytes = [], 0

    def _forget(self) -> None:
        self._units, self._bytes = [], 0
        self._before, self._before_bytes = [], 0


class Cursor:
    """One reader's place in a stream's recent units."""

    def __init__(self, recent: RecentUnits, number: int) -> None:
        self._recent = recent
        self._number = number

    def take(self) -> list[AccessUnit | Dropped]:
        """All units since the last call. After a loss, first a `Dropped`, then a key unit."""
        taken, self._number = self._recent.read_from(self._number)
        return taken
