"""How long the pictures of a decoder are incomplete that began at a recovery point."""

from shared.units import AccessUnit


class Refresh:
    """Follows the units a decoder is given, one after the other."""

    def __init__(self) -> None:
        self._next: tuple[int, int] | None = None
        self._begins = True
        self._left = 0

    def given(self, unit: AccessUnit) -> bool:
        """Whether the picture of this unit is incomplete."""
        self._begins |= (unit.run, unit.seq) != self._next
        self._next = (unit.run, unit.seq + 1)
        if unit.key and (self._begins or not unit.recovery):
            self._begins, self._left = False, unit.recovery
        else:
            self._left = max(0, self._left - 1)
        return self._left > 0
