"""Processes that share an index, in simulated time: each may freeze, lose the index, die, come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.clock import SimulatedClock
from shared.errors import Unavailable
from storage.index.leases import LEADER, NOBODY, Beat, Decide, Lease, Shared
from storage.metrics import SharingMetrics
from storage.sharing.member import Member
from storage.sharing.shares import STREAM

S_NS = 1_000_000_000
LONGEST_WITHOUT_NS = 10 * S_NS
METRICS = SharingMetrics()


class HandRows:
    """Rows as the index keeps them, and who ever held what in which term.

    `tests/unit/storage/index/test_leases.py` holds the real ones to the same.
    """

    def __init__(self) -> None:
        self.beats: dict[str, Beat] = {}
        self.leases: dict[str, Lease] = {}
        self.words: dict[str, str] = {}
        self.history: dict[tuple[str, int], str] = {}
        self.down = False

    async def look(self) -> Shared:
        return Shared(dict(self.beats), dict(self.leases))

    async def renew(self, name: str, run: str, told: str | None, decide: Decide) -> Shared:
        known = self.beats.get(name)
        self.beats[name] = Beat(run, 1 if known is None else known.number + 1)
        self.words[name] = told or self.words.get(name, "")
        found = await self.look()
        changes = decide(found)
        for one in changes.take:
            seen = found.leases.get(one)
            self.leases[one] = Lease(name, 1 if seen is None else seen.term + 1)
            before = self.history.setdefault((one, self.leases[one].term), name)
            assert before == name or one.startswith(STREAM), f"two held {one} in one term"
        for one in changes.leave:
            if one in self.leases and self.leases[one].holder == name:
                del self.leases[one]
        return await self.look()

    async def end(self, name: str, run: str) -> None:
        if self.beats.get(name, Beat("", 0)).run == run:
            del self.beats[name]
            for one, lease in self.leases.items():
                if lease.holder == name:
                    self.leases[one] = Lease(NOBODY, lease.term + 1)

    async def told(self, names: Sequence[str]) -> list[str]:
        return [self.words[name] for name in names if self.words.get(name)]


class Reached:
    """The rows, as one process reaches them."""

    def __init__(self, rows: HandRows) -> None:
        self.rows = rows
        self.cut = False

    def __getattr__(self, name: str) -> object:
        if self.cut or self.rows.down:
            raise Unavailable("the index is away")
        return getattr(self.rows, name)


@dataclass
class Process:
    """One that may be struck. `streams` is what it records, whatever anybody else thinks."""

    name: str
    rows: HandRows
    clock: SimulatedClock
    wanted: frozenset[str]
    starts: int = 0
    frozen: bool = False
    alive: bool = True
    well_since_ns: int = 0
    streams: frozenset[str] = frozenset()
    reach: Reached = field(init=False)
    member: Member = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.starts += 1
        self.alive, self.frozen, self.streams = True, False, frozenset()
        self.reach = Reached(self.rows)
        self.member = Member(
            self.name,
            f"run-{self.starts}",
            self.reach,  # type: ignore[arg-type]  # looks like the rows while they are reached
            self.clock,
            METRICS,
            wanted=lambda: self.wanted,
            told=lambda: "",
            changed=lambda _: self._records(),
        )

    @property
    def runs(self) -> bool:
        return self.alive and not self.frozen

    @property
    def is_well(self) -> bool:
        return self.runs and not self.reach.cut and not self.rows.down

    def _records(self) -> None:
        self.streams = self.member.held.streams


class Crowd:
    """Some processes, and what must hold of them at each moment."""

    def __init__(self, count: int, streams: int) -> None:
        self.rows = HandRows()
        self.now_ns = 0
        self.wanted = frozenset(f"c/cam-{number}/main" for number in range(streams))
        self.processes = [
            Process(f"p{number}", self.rows, SimulatedClock(), self.wanted) for number in range(count)
        ]
        self.without_ns: dict[str, int] = dict.fromkeys(self.wanted, 0)

    async def passes(self, seconds: int) -> None:
        """Let time pass, a second after the other; whoever runs looks once in each."""
        part_s = 1 / len(self.processes)
        for _ in range(seconds):
            self.now_ns += S_NS
            for process in self.processes:
                for one in self.processes:
                    one.clock.pass_unseen(part_s)
                if process.runs:
                    await process.member.once()
                self.check_one_leader()
            self._check_covered()

    def struck(self, process: Process) -> None:
        process.well_since_ns = self.now_ns

    def check_one_leader(self) -> None:
        """However many believe that they lead, one at most acts."""
        acting = [
            process.name
            for process in self.processes
            if process.alive and process.member.held.leads is not None and process.member.is_sure()
        ]
        assert len(acting) <= 1, acting

    def _check_covered(self) -> None:
        """While one has been well for long enough, none is without a recorder for longer than it may be."""
        recorded: set[str] = set()
        for process in self.processes:
            if process.runs:
                recorded |= process.streams
            if not process.is_well:
                process.well_since_ns = self.now_ns
        since_ns = min((one.well_since_ns for one in self.processes), default=self.now_ns)
        for stream in self.wanted:
            if stream in recorded:
                self.without_ns[stream] = self.now_ns
            lacking_ns = self.now_ns - max(self.without_ns.setdefault(stream, self.now_ns), since_ns)
            assert lacking_ns <= LONGEST_WITHOUT_NS, f"{stream} without a recorder for {lacking_ns / S_NS} s"

    def shares(self) -> Mapping[str, int]:
        return {one.name: len(one.streams) for one in self.processes if one.is_well}

    def leaders(self) -> list[str]:
        return [one.name for one in self.processes if one.is_well and one.member.held.leads is not None]

    def lease_of_leader(self) -> Lease:
        return self.rows.leases[LEADER]
