"""The chain of a journal's entries and the tree over them, as whoever checks them sees both. Pure.

An entry's hash covers the hash of the one before; a signed head fixes the root over all up to its size. So an
entry that was altered, removed, added or cut off shows, also where all that follows was hashed anew, to
whoever has a head of later. Each entry is looked at once, in order: a journal of any length is checked in the
memory of a few.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from shared.evidence.journal_head import JournalHead, journal_leaf
from shared.evidence.merkle import Frontier
from shared.reasons import Reason, why
from shared.utc import instant_of

GENESIS = "0" * 64
_encoded = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode


class Line(NamedTuple):
    """An entry as it is hashed: `at` is UTC in ISO 8601 with microseconds. A tuple: there are millions."""

    seq: int
    at: str
    deed: Mapping[str, str]
    previous: str
    hash: str


def line_hash(seq: int, at: str, deed: Mapping[str, str], previous: str) -> str:
    """SHA-256 over the canonical JSON of an entry and the hash of the one before: members sorted by name, no
    blanks, all but ASCII escaped. Raises TypeError where a value is none of JSON."""
    if not deed.get("why"):
        # Entries written before there were codes have no such member.
        deed = {name: value for name, value in deed.items() if name != "why"}
    text = _encoded({"seq": seq, "at": at, "deed": deed, "previous": previous})
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Start:
    """What stands for the entries before the first one: erased ones, or none."""

    tree: Frontier = field(default_factory=Frontier)
    last: str = GENESIS


BEGINNING = Start()


class FaultKind(StrEnum):
    """What was done to a journal."""

    MISSING = "missing"
    OUT_OF_LINE = "out-of-line"
    ALTERED = "altered"
    END = "end"
    """It does not end where it says."""
    CUT = "cut"
    """It is shorter than a head."""
    REWRITTEN = "rewritten"
    """Its entries are not those of a head."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was, and why."""

    kind: FaultKind
    entry: int
    reason: Reason


class JournalChain:
    """Checks entries one by one, from the first behind `start`, against themselves and against `heads`.

    Heads of less than what was erased are passed over, as they cannot be checked.
    """

    def __init__(self, start: Start = BEGINNING, heads: Iterable[JournalHead] = ()) -> None:
        self._seq, self._last, self._tree = start.tree.size, start.last, start.tree
        self._leaves: list[bytes] = []
        # The next one is at the end.
        self._heads = sorted(heads, key=lambda head: (head.size, head.number), reverse=True)
        self._fault: Fault | None = None
        self.met: JournalHead | None = None
        """The longest head that the entries so far are those of."""
        while self._heads and self._heads[-1].size < self._seq:
            self._heads.pop()
        self._meet()

    @property
    def fault(self) -> Fault | None:
        """What was found so far."""
        return self._fault

    @property
    def tree(self) -> Frontier:
        """The tree over all entries so far, and those before the start."""
        self._grow()
        return self._tree

    def add(self, lines: Iterable[Line]) -> None:
        """Check further entries. Behind a fault nothing is looked at."""
        for line in lines:
            if self._fault is None:
                self._fault = self._fault_of(line)
            if self._fault is not None:
                self._seq, self._last = line.seq, line.hash
                continue
            self._seq, self._last = line.seq, line.hash
            self._leaves.append(journal_leaf(line.hash))
            if self._heads and self._heads[-1].size == line.seq:
                self._meet()

    def end(self, seq: int, last: str) -> Fault | None:
        """The first fault, where the journal is known to end with entry `seq` of hash `last`."""
        if self._fault is None and (self._seq, self._last) != (seq, last):
            self._fault = Fault(
                FaultKind.END,
                min(self._seq, seq) + 1,
                why(
                    "journal-end", "the journal ends at entry {last}, not at {told}", last=self._seq, told=seq
                ),
            )
        if self._fault is None and self._heads:
            head = self._heads[0]
            self._fault = Fault(
                FaultKind.CUT,
                self._seq + 1,
                why(
                    "journal-cut",
                    "the journal ends at entry {last}; a head signed at {instant} has {told} entries",
                    last=self._seq,
                    instant=_told(head),
                    told=head.size,
                ),
            )
        return self._fault

    def _meet(self) -> None:
        """Hold the tree to the heads of its size."""
        while self._fault is None and self._heads and self._heads[-1].size == self._seq:
            self._grow()
            head = self._heads.pop()
            if head.root == self._tree.root.hex() and head.last == self._last:
                self.met = head
                continue
            known = 0 if self.met is None else self.met.size
            self._fault = Fault(
                FaultKind.REWRITTEN,
                known + 1,
                why(
                    "journal-rewritten",
                    "between entry {entry} and entry {last} something is not what was signed at {instant}",
                    entry=known + 1,
                    last=head.size,
                    instant=_told(head),
                ),
            )

    def _grow(self) -> None:
        if self._leaves:
            self._tree, self._leaves = self._tree.grown(self._leaves), []

    def _fault_of(self, line: Line) -> Fault | None:
        expected = self._seq + 1
        if line.seq != expected:
            missing = why("entry-missing", "entry {entry} is missing", entry=expected)
            return Fault(FaultKind.MISSING, expected, missing)
        if line.previous != self._last:
            told = why("entry-out-of-line", "entry {entry} does not follow the one before", entry=expected)
            return Fault(FaultKind.OUT_OF_LINE, expected, told)
        if not _is_hash_of(line):
            altered = why("entry-altered", "entry {entry} was altered", entry=expected)
            return Fault(FaultKind.ALTERED, expected, altered)
        return None


def _is_hash_of(line: Line) -> bool:
    try:
        return line.hash == line_hash(line.seq, line.at, line.deed, line.previous)
    except TypeError:
        # As whoever alters a database may put in.
        return False


def _told(head: JournalHead) -> str:
    return instant_of(head.at_ns).isoformat()
