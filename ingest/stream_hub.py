"""Keeps each stream's recent units and gives units on to the tap."""

from collections.abc import Callable, Sequence

from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.units import AccessUnit


class StreamHub:
    """Where all streams of the worker meet. `publish` must not block; it serialises what is wanted only."""

    def __init__(self) -> None:
        self._recent: dict[StreamId, RecentUnits] = {}
        self._publish: Callable[[AccessUnit], None] | None = None
        self._check: Callable[[AccessUnit], None] | None = None

    def connect(self, publish: Callable[[AccessUnit], None]) -> None:
        """Give every unit from now on to `publish` too."""
        self._publish = publish

    def checked(self, check: Callable[[AccessUnit], None]) -> None:
        """Show every unit from now on to `check` too."""
        self._check = check

    def take(self, unit: AccessUnit) -> None:
        """Keep a unit and give it on. In the loop's thread."""
        recent = self._recent.get(unit.stream)
        if recent is None:
            recent = self._recent[unit.stream] = RecentUnits()
        recent.append(unit)
        if self._publish is not None:
            self._publish(unit)
        if self._check is not None:
            self._check(unit)

    def recent(self, stream: StreamId) -> Sequence[AccessUnit]:
        """The stream's last whole group of pictures, empty where there is none."""
        recent = self._recent.get(stream)
        return recent.snapshot() if recent is not None else ()

    def forget(self, stream: StreamId) -> None:
        self._recent.pop(stream, None)
