"""Puts what a reader gets of one stream in order: recent units first, then live ones, without duplicates."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from shared.clock import Clock
from shared.ids import StreamId
from shared.units import AccessUnit

HELD_UNITS = 256
"""Live units kept while recent ones are on their way; beyond it the oldest is dropped."""
ASK_EVERY_NS = 250_000_000
STALE_RUN_NS = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Gap:
    """`lost` units of a stream will never come (0 where the number is unknown); a key unit follows."""

    stream: StreamId
    lost: int


class Reassembly:
    """One stream at one reader.

    `emit` gets units in order; it never gets a unit that cannot be decoded after the ones before, unless a
    `Gap` came first. `ask` is called when recent units would help, at most every 250 ms.
    A run lower than the current one is taken only when the current one has been silent for 5 s.
    """

    def __init__(
        self,
        stream: StreamId,
        emit: Callable[[AccessUnit | Gap], None],
        ask: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._stream = stream
        self._emit = emit
        self._ask = ask
        self._clock = clock
        self._next: tuple[int, int] | None = None
        self._held: deque[AccessUnit] = deque(maxlen=HELD_UNITS)
        self._asked_ns: int | None = None
        self._emitted_ns = 0

    def start(self) -> None:
        """Ask for the recent units: the reader has just subscribed."""
        self._ask_again()

    def live(self, unit: AccessUnit) -> None:
        """Take a unit from the live topic."""
        if self._fits(unit):
            return
        self._held.append(unit)
        self._ask_again()

    def recent(self, unit: AccessUnit) -> None:
        """Take a unit of an answer of recent ones."""
        self._fits(unit)

    def recent_end(self) -> None:
        """The answer is complete: what was held meanwhile goes on from it."""
        held = list(self._held)
        self._held.clear()
        for unit in held:
            self._fits(unit)

    def _fits(self, unit: AccessUnit) -> bool:
        """Emit a unit that goes on or starts anew, drop an old one. False where it must wait."""
        place = (unit.run, unit.seq)
        if self._next is not None:
            if place == self._next:
                self._pass(unit)
                return True
            if place < self._next and not self._starts_lower_run(unit):
                return True
        if not unit.key:
            return False
        if self._next is not None and place != (unit.run, 0):
            self._emit(Gap(self._stream, unit.seq - self._next[1] if unit.run == self._next[0] else 0))
        self._held = deque((held for held in self._held if (held.run, held.seq) > place), HELD_UNITS)
        self._pass(unit)
        return True

    def _starts_lower_run(self, unit: AccessUnit) -> bool:
        assert self._next is not None
        silent_ns = self._clock.monotonic_ns() - self._emitted_ns
        return unit.key and unit.run < self._next[0] and silent_ns > STALE_RUN_NS

    def _pass(self, unit: AccessUnit) -> None:
        self._next = (unit.run, unit.seq + 1)
        self._emitted_ns = self._clock.monotonic_ns()
        self._emit(unit)

    def _ask_again(self) -> None:
        now_ns = self._clock.monotonic_ns()
        if self._asked_ns is None or now_ns - self._asked_ns >= ASK_EVERY_NS:
            self._asked_ns = now_ns
            self._ask()
