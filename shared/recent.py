"""The last whole group of pictures of a stream."""

from shared.units import AccessUnit, UnitBatch

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
        self._kept: list[AccessUnit | UnitBatch] = []
        self._count = self._bytes = 0
        self._next = (-1, -1)

    def append(self, unit: AccessUnit) -> None:
        """Take the next unit of the stream. A hole or another run closes the group until a key unit."""
        if unit.key:
            self._forget()
        elif not self._kept or (unit.run, unit.seq) != self._next:
            self._forget()
            return
        self._keep(unit, 1, unit.run, unit.seq, len(unit.data))

    def extend(self, batch: UnitBatch) -> None:
        """Take the next units of the stream, as if each was appended."""
        if not self._kept or (batch.run, batch.seq) != self._next:
            self._forget()
            return
        self._keep(batch, len(batch), batch.run, batch.seq, len(batch.data))

    def _keep(self, kept: AccessUnit | UnitBatch, count: int, run: int, seq: int, size: int) -> None:
        self._kept.append(kept)
        self._count += count
        self._bytes += size
        self._next = (run, seq + count)
        if self._bytes > self._budget_bytes or self._count > MAX_UNITS:
            self._forget()

    def snapshot(self) -> tuple[AccessUnit, ...]:
        """The current group from its key unit on; empty where there is none that is whole."""
        units: list[AccessUnit] = []
        for kept in self._kept:
            if isinstance(kept, AccessUnit):
                units.append(kept)
            else:
                units += kept.units()
        return tuple(units)

    @property
    def size_bytes(self) -> int:
        """Bytes of all units held."""
        return self._bytes

    def _forget(self) -> None:
        self._kept, self._count, self._bytes = [], 0, 0
