"""Holds units back while a process that stood still asks whether it still holds their streams."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from shared.clock import Clock
from shared.ids import StreamId
from shared.tap.gathered import Gathered
from shared.tap.reassembly import Gap
from shared.units import AccessUnit

FROZEN_NS = 3_000_000_000
"""A loop that has not come round for so long stood still: others may have taken what it holds."""
MOST_BYTES = 64 << 20
_Item = TypeVar("_Item", AccessUnit | Gap, Gathered)


class Gate:
    """Open but for the moment between waking and the index's answer. Loop thread only.

    At most `MOST_BYTES` wait; what comes beyond is recorded: footage taken twice is better than none.
    """

    def __init__(self, clock: Clock, woken: Callable[[], None]) -> None:
        """`woken` is called once the process is found to have stood still; `answered` has to follow."""
        self._clock = clock
        self._woken = woken
        self._alive_ns = clock.monotonic_ns()
        self._shut = False
        self._shut_ns = 0
        self._waiting: deque[tuple[StreamId, Callable[[], None], int]] = deque()
        self.waiting_bytes = 0

    @property
    def is_shut(self) -> bool:
        return self._shut

    def beat(self) -> None:
        """The loop comes round. To be called several times in `FROZEN_NS`."""
        now_ns = self._clock.monotonic_ns()
        if now_ns - self._alive_ns > FROZEN_NS and not self._shut:
            self._shut, self._shut_ns = True, now_ns
            self._woken()
        self._alive_ns = now_ns

    def before(self, stream: StreamId, give: Callable[[_Item], None]) -> Callable[[_Item], None]:
        """What takes units in place of `give`."""

        def gated(item: _Item) -> None:
            self.beat()
            if self._shut and self._keep(stream, lambda: give(item), _bytes_of(item)):
                return
            give(item)

        return gated

    def answered(self, asked_ns: int, records: Callable[[StreamId], bool]) -> None:
        """Open for the answer to what was asked then, unless that was before the process woke: give on what
        waits of streams that are recorded here; the rest is another's."""
        if self._shut and asked_ns >= self._shut_ns:
            self._open(records)

    def _open(self, records: Callable[[StreamId], bool]) -> None:
        self._shut = False
        waiting, self._waiting, self.waiting_bytes = self._waiting, deque(), 0
        for stream, give, _ in waiting:
            if records(stream):
                give()

    def _keep(self, stream: StreamId, give: Callable[[], None], size: int) -> bool:
        if self.waiting_bytes + size > MOST_BYTES:
            self._open(lambda _: True)
            return False
        self.waiting_bytes += size
        self._waiting.append((stream, give, size))
        return True


def _bytes_of(item: AccessUnit | Gap | Gathered) -> int:
    match item:
        case AccessUnit():
            return len(item.data)
        case Gathered():
            return sum(item.sizes)
        case Gap():
            return 1
