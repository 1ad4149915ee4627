"""The register of captures and destructions as this service watches over it, as values. Pure.

Storage signs; this service follows: it computes every head anew from what it kept and what is new, and takes
none that does not come out. So storage alone can neither take anything back nor leave a camera out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from control_room.model.times import utc_from_ns
from shared.errors import BadInput, Conflict
from shared.evidence.destruction_proof import day_at
from shared.evidence.ledger import FIRST_PREVIOUS, CameraDay, Day, Destroyed, Head, SignedHead
from shared.evidence.ledger_news import CameraDayNews
from shared.evidence.merkle import Frontier
from shared.ids import StreamId
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a register is: its key, and the number, digest and instant of its newest head, 0 before any."""

    ledger: str
    public_key: str
    began_ns: int
    number: int = 0
    digest: str = FIRST_PREVIOUS
    at_ns: int = 0


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head as it was kept, and when."""

    ledger: str
    number: int
    head: SignedHead
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """The trees of a stream and day, as far as they were told."""

    stream: str
    day: str
    captured: Frontier = field(default_factory=Frontier)
    destroyed: Frontier = field(default_factory=Frontier)

    @property
    def camera_day(self) -> CameraDay:
        captured, destroyed = self.captured, self.destroyed
        ends = (destroyed.size, destroyed.root.hex())
        return CameraDay(self.stream, self.day, captured.size, captured.root.hex(), *ends)

    def is_over(self, today: str) -> bool:
        """Whether all that was captured is gone, and its day is over."""
        return self.day < today and 0 < self.captured.size == self.destroyed.size

    def grown(self, news: CameraDayNews) -> "Watched":
        """With what is new. Raises Conflict where it does not go on from here, or cannot be true."""
        if (self.captured.size, self.destroyed.size) != (news.captured, news.destroyed):
            raise rewritten()
        for one in news.captures:
            # Under another day nobody would look for it.
            if day_at(one.start_ns) != news.day or one.end_ns < one.start_ns:
                raise rewritten()
        captured = self.captured.grown(one.leaf(self.stream) for one in news.captures)
        if any(not 0 <= end.number < captured.size or end.end_ns < end.start_ns for end in news.ends):
            raise rewritten()
        destroyed = self.destroyed.grown(one.leaf(self.stream) for one in news.ends)
        if destroyed.size > captured.size:
            raise rewritten()
        return Watched(self.stream, self.day, captured, destroyed)


@dataclass(frozen=True, slots=True)
class Destructions:
    """A line of the register of destructions: what was destroyed so far of a camera's stream and day on one
    ground. `start` and `end` are the ends of its pictures, `first_at` and `last_at` when."""

    commune: str
    camera: str
    kind: str
    day: str
    ground: str
    segments: int
    bytes: int
    start: datetime
    end: datetime
    first_at: datetime
    last_at: datetime


def line_of(stream: StreamId, day: str, ends: Sequence[Destroyed]) -> Destructions:
    """The line of ends on one ground, of which there is at least one."""
    return Destructions(
        commune=stream.commune,
        camera=stream.camera,
        kind=stream.kind.value,
        day=day,
        ground=ends[0].ground.value,
        segments=len(ends),
        bytes=sum(end.size for end in ends),
        start=_instant(min(end.start_ns for end in ends)),
        end=_instant(max(end.end_ns for end in ends)),
        first_at=_instant(min(end.at_ns for end in ends)),
        last_at=_instant(max(end.at_ns for end in ends)),
    )


def lines_of(news: Iterable[CameraDayNews]) -> list[Destructions]:
    """What is new in the register of destructions. Raises BadInput, Conflict on what cannot be."""
    lines: list[Destructions] = []
    for one in news:
        grounds = sorted({end.ground for end in one.ends})
        stream = StreamId.parse(one.stream)
        lines += [
            line_of(stream, one.day, [end for end in one.ends if end.ground is ground]) for ground in grounds
        ]
    return lines


def check_follows(head: Head, kept: Kept) -> None:
    """Return where a head names the one that is kept. Raises Conflict."""
    if (head.number, head.previous, head.began_ns) != (kept.number + 1, kept.digest, kept.began_ns):
        raise rewritten()


def kept_after(kept: Kept, head: Head, signed: SignedHead) -> Kept:
    """Where the register is once a head is kept."""
    return Kept(kept.ledger, kept.public_key, kept.began_ns, head.number, signed.digest, head.at_ns)


def check_root(head: Head, days: Sequence[Day], root: str) -> None:
    """Return where a head has just these days. Raises Conflict."""
    if (head.days, head.root) != (len(days), root):
        raise rewritten()


def _instant(utc_ns: int) -> datetime:
    instant = utc_from_ns(utc_ns)
    if instant is None:
        raise BadInput(why("ledger-impossible", "the register tells what cannot be"))
    return instant


def rewritten() -> Conflict:
    """Of a head that says otherwise than what is kept."""
    return Conflict(why("ledger-rewritten", "the head does not go on from the register that is kept"))
