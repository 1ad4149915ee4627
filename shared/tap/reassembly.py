"""Puts what a reader gets of one stream in order: recent units first, then live ones, without duplicates."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.clock import Clock
from shared.ids import StreamId
from shared.tap.gathered import Gathered
from shared.units import AccessUnit

HELD_UNITS = 256
"""Live units kept while recent ones are on their way; beyond it the oldest is dropped."""
ASK_EVERY_NS = 250_000_000
ASK_LIMIT_NS = 8_000_000_000
STALE_RUN_NS = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Gap:
    """`lost` units of a stream will never come (0 where the number is unknown); a key unit follows."""

    stream: StreamId
    lost: int


class Reassembly:
    """One stream at one reader.

    `emit` gets units in order; it never gets a unit that cannot be decoded after the ones before, unless a
    `Gap` came first. Units that came together and are next go to `together` as they are, where that is given,
    else to `emit` one by one.
    `ask` is called when recent units would help: at most every 250 ms, and ever more rarely while it does
    not, because an answer is large and the line may be what is slow.
    `answering` is told when an answer's recent units begin to come, and when they have all been emitted.
    A run lower than the current one is taken only when the current one has been silent for 5 s.
    """

    def __init__(
        self,
        stream: StreamId,
        emit: Callable[[AccessUnit | Gap], None],
        ask: Callable[[], None],
        answering: Callable[[bool], None],
        clock: Clock,
        together: Callable[[Gathered], None] | None = None,
    ) -> None:
        self._together = together
        self._stream = stream
        self._emit = emit
        self._ask = ask
        self._answering = answering
        self._clock = clock
        self._next: tuple[int, int] | None = None
        self._held: dict[tuple[int, int], AccessUnit] = {}
        self._asked_ns: int | None = None
        self._ask_every_ns = ASK_EVERY_NS
        self._emitted_ns = 0
        self._is_answered = False

    def start(self) -> None:
        """Ask for the recent units: the reader has just subscribed."""
        self._ask_again()

    def live(self, unit: AccessUnit) -> None:
        """Take a unit from the live topic."""
        if self._is_answered:
            # An answer comes in one piece: a live unit behind it says that its end was lost.
            self._answered(False)
        if self._next == (unit.run, unit.seq):
            if self._held:
                self._pass(unit)
                return
            # As `_pass`, in the fewest steps: so is nearly each picture.
            self._next = (unit.run, unit.seq + 1)
            self._emitted_ns = self._clock.monotonic_ns()
            self._ask_every_ns = ASK_EVERY_NS
            self._emit(unit)
            return
        if self._take(unit, witnessed=True):
            return
        if len(self._held) >= HELD_UNITS:
            del self._held[next(iter(self._held))]
        self._held[(unit.run, unit.seq)] = unit
        self._ask_again()

    def live_together(self, several: Gathered) -> None:
        """Take units that came together from the live topic: as `live` with each, at one go if they go on."""
        is_next = self._next == (several.run, several.seq)
        if self._together is None or not is_next or self._held or self._is_answered:
            for unit in several.units():
                self.live(unit)
            return
        self._next = (several.run, several.seq + len(several.sizes))
        self._emitted_ns = self._clock.monotonic_ns()
        self._ask_every_ns = ASK_EVERY_NS
        self._together(several)

    def recent(self, unit: AccessUnit, *, last: bool = False) -> None:
        """Take a unit of an answer of recent ones."""
        self._answered(True)
        # The answer is on its way: no need to ask again before it stops coming.
        self._asked_ns = self._clock.monotonic_ns()
        self._take(unit, witnessed=any(run == unit.run for run, _ in self._held))
        if last:
            self._answered(False)

    def _take(self, unit: AccessUnit, *, witnessed: bool) -> bool:
        """Emit a unit that goes on or starts anew, drop an old one. False where it must wait."""
        place = (unit.run, unit.seq)
        if self._next is not None and place == self._next:
            self._pass(unit)
            return True
        if self._is_old(place, witnessed):
            return True
        if not unit.key:
            return False
        if self._next is not None and place < self._next:
            # Of the higher run nothing may turn up again when numbers reach it once more.
            self._held = {held: waiting for held, waiting in self._held.items() if held[0] == unit.run}
        if self._next is not None and place != (unit.run, 0):
            self._emit(Gap(self._stream, unit.seq - self._next[1] if unit.run == self._next[0] else 0))
        self._pass(unit)
        return True

    def _is_old(self, place: tuple[int, int], witnessed: bool) -> bool:
        """`witnessed`: the unit is live or others of its run are, so it is no answer that came late."""
        if self._next is None or place > self._next:
            return False
        silent_ns = self._clock.monotonic_ns() - self._emitted_ns
        return not witnessed or place[0] == self._next[0] or silent_ns <= STALE_RUN_NS

    def _pass(self, unit: AccessUnit) -> None:
        """Emit a unit and all that was held right behind it."""
        going: AccessUnit | None = unit
        while going is not None:
            following = self._next = (going.run, going.seq + 1)
            self._emitted_ns = self._clock.monotonic_ns()
            self._ask_every_ns = ASK_EVERY_NS
            self._emit(going)
            going = self._held.pop(following, None) if self._held else None
        if self._held:
            self._held = {place: held for place, held in self._held.items() if place > following}

    def _answered(self, coming: bool) -> None:
        if coming is not self._is_answered:
            self._is_answered = coming
            self._answering(coming)

    def _ask_again(self) -> None:
        now_ns = self._clock.monotonic_ns()
        if self._asked_ns is None:
            self._asked_ns = now_ns
            self._ask()
        elif now_ns - self._asked_ns >= self._ask_every_ns:
            self._asked_ns = now_ns
            self._ask_every_ns = min(ASK_LIMIT_NS, self._ask_every_ns * 2)
            self._ask()
