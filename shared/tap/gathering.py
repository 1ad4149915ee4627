"""Units that wait at the publisher to be sent together, for readers who may wait."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.ids import StreamId
from shared.units import AccessUnit, UnitBatch

GATHER_S = 0.2
"""The longest a unit waits."""
GATHERED_UNITS = 64
GATHERED_BYTES = 1 << 20
"""Bounds of what waits of one stream; a larger unit goes alone, at once."""


@dataclass(slots=True)
class _Waiting:
    units: list[AccessUnit | UnitBatch] = field(default_factory=list)
    count: int = 0
    size: int = 0


class Gathering:
    """Gives `send` the units of one stream together, in order, each at most GATHER_S after it was added.

    One timer serves all streams: the publisher is woken for it as often, however many there are.
    """

    def __init__(self, send: Callable[[Sequence[AccessUnit | UnitBatch]], None]) -> None:
        self._send = send
        self._waiting: dict[StreamId, _Waiting] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, unit: AccessUnit) -> None:
        """Let a unit wait; what fills a bound is sent at once. Call it in the loop's thread."""
        self._add(unit, 1, unit.stream, len(unit.data))

    def add_batch(self, batch: UnitBatch) -> None:
        """Let units wait that came together. Those of a stream of which nothing waits have waited for each
        other: they are sent at once."""
        if len(batch) > 1 and batch.stream not in self._waiting:
            self._send((batch,))
        else:
            self._add(batch, len(batch), batch.stream, len(batch.data))

    def _add(self, unit: AccessUnit | UnitBatch, count: int, stream: StreamId, size: int) -> None:
        waiting = self._waiting.setdefault(stream, _Waiting())
        if waiting.units and waiting.size + size > GATHERED_BYTES:
            self._send(waiting.units)
            waiting = self._waiting[stream] = _Waiting()
        waiting.units.append(unit)
        waiting.count += count
        waiting.size += size
        if waiting.count >= GATHERED_UNITS or waiting.size >= GATHERED_BYTES:
            self._send(self._waiting.pop(stream).units)
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_S, self.flush)

    def flush(self) -> None:
        """Send all that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered, self._waiting = self._waiting, {}
        for waiting in gathered.values():
            self._send(waiting.units)
