"""Keeps each stream's recent units and gives units on to the tap."""

from collections.abc import Callable, Sequence

from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.units import AccessUnit, UnitBatch

Batches = Callable[[UnitBatch], None]


class StreamHub:
    """Where all streams of the worker meet. `publish` must not block; it serialises what is wanted only.

    Batches are given to whom they are of use; others get their units one by one.
    """

    def __init__(self) -> None:
        self._recent: dict[StreamId, RecentUnits] = {}
        self._publish: Callable[[AccessUnit], None] | None = None
        self._check: Callable[[AccessUnit], None] | None = None
        self._publish_batch: Batches | None = None
        self._check_batch: Batches | None = None

    def connect(self, publish: Callable[[AccessUnit], None], batches: Batches | None = None) -> None:
        """Give every unit from now on to `publish` too, those that come together to `batches`."""
        self._publish, self._publish_batch = publish, batches or one_by_one(publish)

    def checked(self, check: Callable[[AccessUnit], None], batches: Batches | None = None) -> None:
        """Show every unit from now on to `check` too, those that come together to `batches`."""
        self._check, self._check_batch = check, batches or one_by_one(check)

    def take(self, unit: AccessUnit) -> None:
        """Keep a unit and give it on. In the loop's thread."""
        self._of(unit.stream).append(unit)
        if self._publish is not None:
            self._publish(unit)
        if self._check is not None:
            self._check(unit)

    def take_batch(self, batch: UnitBatch) -> None:
        """Keep several units that came together, and give them on. In the loop's thread."""
        self._of(batch.stream).extend(batch)
        if self._publish_batch is not None:
            self._publish_batch(batch)
        if self._check_batch is not None:
            self._check_batch(batch)

    def _of(self, stream: StreamId) -> RecentUnits:
        recent = self._recent.get(stream)
        if recent is None:
            recent = self._recent[stream] = RecentUnits()
        return recent

    def recent(self, stream: StreamId) -> Sequence[AccessUnit]:
        """The stream's last whole group of pictures, empty where there is none."""
        recent = self._recent.get(stream)
        return recent.snapshot() if recent is not None else ()

    def forget(self, stream: StreamId) -> None:
        self._recent.pop(stream, None)


def one_by_one(take: Callable[[AccessUnit], None]) -> Batches:
    """Gives the units of a batch to who takes single ones."""

    def batches(batch: UnitBatch) -> None:
        for unit in batch.units():
            take(unit)

    return batches
