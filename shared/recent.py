"""The last whole group of pictures of a stream."""

from shared.units import AccessUnit

DEFAULT_BUDGET_BYTES = 8 << 20
MAX_UNITS = 3000
"""Two minutes at 25 pictures a second; more than one answer of the tap should hold."""


class RecentUnits:
    """Keeps the units from the last key unit on, at most `budget_bytes` and MAX_UNITS of them.

    A group that outgrows the budget is forgotten whole, because half a group cannot be decoded; the
    buffer is then empty until the next key unit.
    """

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._units: list[AccessUnit] = []
        self._bytes = 0

    def append(self, unit: AccessUnit) -> None:
        """Take the next unit of the stream. A hole or another run closes the group until a key unit."""
        if unit.key:
            self._forget()
        elif not self._units or not self._follows(unit):
            self._forget()
            return
        self._bytes += len(unit.data)
        self._units.append(unit)
        if self._bytes > self._budget_bytes or len(self._units) > MAX_UNITS:
            self._forget()

    def snapshot(self) -> tuple[AccessUnit, ...]:
        """The current group from its key unit on; empty where there is none that is whole."""
        return tuple(self._units)

    @property
    def size_bytes(self) -> int:
        """Bytes of all units held."""
        return self._bytes

    def _follows(self, unit: AccessUnit) -> bool:
        last = self._units[-1]
        return unit.run == last.run and unit.seq == last.seq + 1

    def _forget(self) -> None:
        self._units, self._bytes = [], 0
