"""Cuts footage into stretches without a seam, and a stretch to the range asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shared.errors import NotFound
from shared.mediatime import ns_from_90k
from shared.spans import Span
from storage.fmp4.entry import Description
from storage.fmp4.fragment import Sample
from storage.fmp4.plain import SampleTables
from storage.fmp4.reader import Layout
from storage.model.segment import Footage

ReadLayout = Callable[[Footage], Layout]
"""Gives what is in a segment's file; it is asked once a segment, so that only one is in memory."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes of a segment's file that go into an export as they are."""

    key: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch cut to a range: its tables, where its bytes are, what time its samples cover.

    `incomplete` is how many of its first pictures are incomplete, 255 where as many or more.
    """

    description: Description
    tables: SampleTables
    ranges: tuple[ByteRange, ...]
    start_ns: int
    end_ns: int
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A sample with its UTC and its place."""

    sample: Sample
    start_ns: int
    key: str
    offset: int


def stretches(footage: Sequence[Footage]) -> list[list[Footage]]:
    """Groups of segments, oldest first, that play on without a seam."""
    groups: list[list[Footage]] = []
    for one in footage:
        if groups and groups[-1][-1].goes_on_in(one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def cut(stretch: Sequence[Footage], asked: Span, read: ReadLayout) -> Cut | None:
    """The samples from the key unit at or before the start asked up to its end; None where there are none.

    The first segment of the stretch is one that reaches into the range.
    """
    first = read(stretch[0])
    if not first.fragments:
        return None
    skipped = _first_key(stretch[0], first, asked.start_ns)
    collected = _Collected()
    for number, placed in enumerate(_samples(stretch, first, read)):
        if number >= skipped and not collected.take(placed, asked.end_ns):
            break
    collected.finish()
    if not len(collected.tables) or collected.end_ns <= asked.start_ns:
        return None
    return Cut(
        first.description,
        collected.tables,
        tuple(collected.ranges),
        collected.start_ns,
        collected.end_ns,
        collected.incomplete,
    )


class _Collected:
    """Samples as they come. Each waits until the next one says how long it is shown."""

    def __init__(self) -> None:
        self.tables = SampleTables()
        self.ranges: list[ByteRange] = []
        self.start_ns = 0
        self.end_ns = 0
        self.incomplete = 0
        self._waiting: _Placed | None = None

    def take(self, placed: _Placed, before_ns: int) -> bool:
        """The next sample; False where it is no longer wanted."""
        if self._waiting is None:
            self.start_ns, self.incomplete = placed.start_ns, placed.sample.recovery
        else:
            self._add(self._waiting, placed.start_ns)
            self._waiting = None
        if placed.start_ns >= before_ns:
            return False
        self._waiting = placed
        return True

    def finish(self) -> None:
        """No more samples: the last is shown as long as it says."""
        if self._waiting is not None:
            self._add(self._waiting, self._waiting.start_ns + ns_from_90k(self._waiting.sample.duration90))
            self._waiting = None

    def _add(self, placed: _Placed, end_ns: int) -> None:
        self.end_ns = end_ns
        # Rounded to the nearest tick: nanoseconds came from ticks rounded down.
        duration90 = max(1, ((end_ns - placed.start_ns) * 9 + 50_000) // 100_000)
        self.tables.add(
            placed.sample.size, duration90, key=placed.sample.key, offset90=placed.sample.offset90
        )
        last = self.ranges[-1] if self.ranges else None
        if last is not None and last.key == placed.key and last.offset + last.size == placed.offset:
            self.ranges[-1] = ByteRange(last.key, last.offset, last.size + placed.sample.size)
        else:
            self.ranges.append(ByteRange(placed.key, placed.offset, placed.sample.size))


def _first_key(footage: Footage, layout: Layout, start_ns: int) -> int:
    """The number of the last key sample at or before an instant with which all is complete by then.

    It is that of the first key sample where none is that early, 0 where the segment starts after the instant.
    """
    keys: list[tuple[int, int]] = []
    last = 0
    for number, placed in enumerate(_samples_of(footage, layout)):
        if placed.start_ns > start_ns:
            break
        last = number
        if placed.sample.key:
            keys.append((number, placed.sample.recovery))
    whole = [number for number, recovery in keys if number + recovery <= last]
    return whole[-1] if whole else min((number for number, _ in keys), default=0)


def _samples(stretch: Sequence[Footage], first: Layout, read: ReadLayout) -> Iterator[_Placed]:
    yield from _samples_of(stretch[0], first)
    for footage in stretch[1:]:
        try:
            yield from _samples_of(footage, read(footage))
        except NotFound:
            return


def _samples_of(footage: Footage, layout: Layout) -> Iterator[_Placed]:
    for fragment in layout.fragments:
        time90, offset = fragment.time90, fragment.data
        for sample in fragment.moof.samples:
            yield _Placed(sample, footage.start_ns + ns_from_90k(time90), footage.key, offset)
            time90 += sample.duration90
            offset += sample.size
