"""One process among those that share an index: says that it lives, holds leases, takes those of the dead."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared.clock import Clock
from shared.errors import Unavailable
from shared.log import get_logger
from storage.index.leases import LEADER, Changes, LeaseRows, Shared
from storage.metrics import SharingMetrics
from storage.sharing.pulse import LOOK_NS, TRUST_NS, Pulse
from storage.sharing.shares import STREAM, free_of, share_of

_RENEW_NS = 2_000_000_000
_URGENT_NS = 3_000_000_000
"""What nobody has taken for so long is taken by whoever sees it, share or not."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds as of one moment: names with their terms, and which processes lived."""

    terms: dict[str, int]
    living: frozenset[str] = frozenset()

    @property
    def streams(self) -> frozenset[str]:
        return frozenset(name.removeprefix(STREAM) for name in self.terms if name.startswith(STREAM))

    @property
    def leads(self) -> int | None:
        """The term in which it leads, None where it does not."""
        return self.terms.get(LEADER)


class Member:
    """`run` is another text for each start, `wanted` gives the streams that are to be recorded, `told` how
    those recorded here are. `changed` is called behind each look, in the loop, with whether anything that is
    held is another than before.

    Where the index does not answer, what was held is held on: nobody can be told to record it instead, and
    footage taken twice is better than none. What destroys asks `is_sure`.
    """

    def __init__(
        self,
        name: str,
        run: str,
        rows: LeaseRows,
        clock: Clock,
        metrics: SharingMetrics,
        *,
        wanted: Callable[[], Iterable[str]],
        told: Callable[[], str],
        changed: Callable[[bool], None],
    ) -> None:
        self.name = name
        self._run = run
        self._rows = rows
        self._clock = clock
        self._metrics = metrics
        self._wanted = wanted
        self._told = told
        self._changed = changed
        self._pulse = Pulse()
        self._living: frozenset[str] = frozenset()
        self.held = Held({})
        self.shared = Shared({}, {})
        self.led_before = name
        """Who led last before this process did, as far as it has seen."""
        self.asked_ns = 0
        """When the last look began."""
        self._said: str | None = None
        self._renewed_ns: int | None = None
        self._free_since_ns: dict[str, int] = {}
        self._asked: set[str] = set()
        self._left: set[str] = set()
        self._waking = asyncio.Event()
        self._turn = asyncio.Lock()
        self._trouble: str | None = None
        self._log = get_logger("storage")

    async def run(self) -> None:
        """Renew and look for ever."""
        while True:
            await self.once()
            sleeping = asyncio.ensure_future(self._clock.sleep(LOOK_NS / 1e9))
            waking = asyncio.ensure_future(self._waking.wait())
            try:
                await asyncio.wait((sleeping, waking), return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeping.cancel()
                waking.cancel()
            self._waking.clear()

    def wake(self) -> None:
        """Look now: this process has stood still, and may hold nothing any more."""
        self._renewed_ns = None
        self._waking.set()

    async def once(self) -> None:
        """Look once, and renew where that is due or anything is to be changed."""
        async with self._turn:
            before, self.asked_ns = self.held, self._clock.monotonic_ns()
            try:
                await self._renew_or_look()
                self._trouble = None
            except Unavailable as error:
                if self._trouble is None:
                    self._log.error("leases-not-renewed", reason=error.detail)
                self._trouble = f"leases cannot be renewed, streams are recorded on: {error.detail}"
            self._metrics.streams.set(len(self.held.streams))
            self._metrics.leads.set(self.held.leads is not None)
            self._metrics.processes.set(len(self.held.living))
            self._changed(before.terms != self.held.terms)

    async def take(self, name: str) -> bool:
        """Try to hold something that no living process holds; whether it is held then."""
        self._asked.add(name)
        try:
            async with self._turn:
                await self._renew()
            return name in self.held.terms
        finally:
            self._asked.discard(name)

    async def leave(self, name: str) -> None:
        """Let go of something. Raises Unavailable; then it is let go with the next renewal."""
        self._left.add(name)
        async with self._turn:
            await self._renew()

    def elsewhere(self, name: str) -> bool:
        """Whether another living process holds something, as of the last look."""
        lease = self.shared.leases.get(name)
        return lease is not None and lease.holder != self.name and lease.holder in self.held.living

    def is_sure(self) -> bool:
        """Whether nobody can have taken what is held: it was renewed a moment ago."""
        renewed_ns = self._renewed_ns
        return renewed_ns is not None and self._clock.monotonic_ns() - renewed_ns < TRUST_NS

    async def reports(self) -> list[str]:
        """What the other living processes tell of their recordings."""
        return await self._rows.told(self.held.living - {self.name})

    def health(self) -> str | None:
        return self._trouble

    async def end(self) -> None:
        """Stop in good order: others take all that was held at once."""
        async with self._turn:
            self.held = Held({})
            await self._rows.end(self.name, self._run)

    async def _renew_or_look(self) -> None:
        renewed_ns = self._renewed_ns
        if renewed_ns is not None and self._clock.monotonic_ns() - renewed_ns < _RENEW_NS:
            found = await self._rows.look()
            if not self._changes(found):
                self._keep(found)
                return
        await self._renew()

    async def _renew(self) -> None:
        told, began_ns = self._told(), self._clock.monotonic_ns()
        news = None if told == self._said else told
        found = await self._rows.renew(self.name, self._run, news, self._changes)
        self._said, self._renewed_ns = told, began_ns
        self._left &= {name for name, lease in found.leases.items() if lease.holder == self.name}
        self._keep(found)

    def _changes(self, found: Shared) -> Changes:
        now_ns = self._clock.monotonic_ns()
        living = self._pulse.see(found.beats, now_ns) | {self.name}
        if LEADER in found.leases and found.leases[LEADER].holder != self.name:
            self.led_before = found.leases[LEADER].holder
        wanted = {STREAM + stream for stream in self._wanted()}
        free = free_of({*wanted, LEADER, *self._asked}, found.leases, living)
        self._free_since_ns = {name: self._free_since_ns.get(name, now_ns) for name in free}
        urgent = {name for name, since_ns in self._free_since_ns.items() if now_ns - since_ns > _URGENT_NS}
        share = share_of(self.name, wanted, found.leases, living, urgent)
        others = [name for name in sorted(free - wanted) if name not in self._left]
        self._living = living
        leave = [name for name in self._left if name in found.leases]
        return Changes((*share.take, *others), (*share.leave, *leave))

    def _keep(self, found: Shared) -> None:
        mine = {name: one.term for name, one in found.leases.items() if one.holder == self.name}
        taken = mine.keys() - self.held.terms.keys()
        lost = self.held.terms.keys() - mine.keys()
        self.shared, self.held = found, Held(mine, frozenset(self._living))
        if taken or lost:
            self._metrics.taken.inc(len(taken))
            self._metrics.lost.inc(len(lost))
            self._log.info("leases-changed", taken=len(taken), lost=len(lost), held=len(mine))
