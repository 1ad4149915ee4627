"""Which fragments of a camera's footage go into which film, and at what time: planned before one is written.

A film holds all footage that one set-up of a decoder plays, gaps included: each fragment stands at its UTC,
so that a gap is a jump of the decode times that no picture covers.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.errors import BadInput, NotFound
from shared.evidence.remade import MOST_HEAD_BYTES
from shared.mediatime import ns_from_90k, ticks_from_ns
from shared.spans import Present, Span
from storage.fmp4.entry import Description
from storage.fmp4.fragment import MovieFragment, Sample, write_fragment
from storage.fmp4.reader import Layout, PlacedFragment
from storage.fmp4.told_clock import ToldClock, clock_of
from storage.model.segment import HOLE_NS, Footage

ReadLayout = Callable[[Footage], Layout]
"""Gives what is in a segment's file; it is asked once a segment, so that only one is in memory."""


@dataclass(frozen=True, slots=True)
class PlannedSegment:
    """What a film takes of one recorded segment: the fragments from number `first` on, before `past`.

    `whole` tells whether nothing of it is left out; `incomplete` is of its first pictures, as Layout has it.
    `head` is what the file has in front of its fragments, where these can be given back their own times and
    numbers: it is then the whole file again.
    """

    footage: Footage
    first: int
    past: int
    start_ns: int
    end_ns: int
    samples: int
    whole: bool
    incomplete: int
    clock: ToldClock
    head: bytes = b""


@dataclass(slots=True)
class FilmPlan:
    """One film: a row for each fragment, of where its bytes are and when its first picture is decoded.

    `made` has the heads of those that are cut: their bytes are then those of the pictures alone.
    """

    description: Description
    start_ns: int
    first_offset90: int
    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    sizes: "array[int]" = field(default_factory=lambda: array("q"))
    times90: "array[int]" = field(default_factory=lambda: array("q"))
    keys: "array[int]" = field(default_factory=lambda: array("b"))
    made: dict[int, bytes] = field(default_factory=dict)
    segments: list[PlannedSegment] = field(default_factory=list)
    end90: int = 0
    last90: int = -1

    @property
    def end_ns(self) -> int:
        return self.segments[-1].end_ns

    @property
    def samples(self) -> int:
        return sum(one.samples for one in self.segments)

    def size_of(self, number: int) -> int:
        """How long a fragment is in the film."""
        return self.sizes[number] + (len(self.made[number]) if number in self.made else 0)

    def goes_on_in(self, description: Description, start_ns: int) -> bool:
        """Whether a later segment may follow in this film: its times must go on growing."""
        return self.description == description and ticks_from_ns(start_ns - self.start_ns) > self.last90

    def present(self, asked: Span) -> list[Present]:
        """The spans of what was asked that its pictures cover."""
        found: list[Present] = []
        for one in self.segments:
            start_ns, end_ns = max(one.start_ns, asked.start_ns), min(one.end_ns, asked.end_ns)
            last = found[-1] if found else None
            if last is not None and last.run == one.footage.run and start_ns - last.span.end_ns <= HOLE_NS:
                found[-1] = Present(Span(last.span.start_ns, max(last.span.end_ns, end_ns)), last.run)
            else:
                found.append(Present(Span(start_ns, end_ns), one.footage.run))
        return found


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The pictures [first, past) of a fragment."""

    fragment: PlacedFragment
    first: int
    past: int

    @property
    def samples(self) -> tuple[Sample, ...]:
        return self.fragment.moof.samples[self.first : self.past]

    @property
    def time90(self) -> int:
        return self.fragment.time90 + sum(one.duration90 for one in self.fragment.moof.samples[: self.first])

    @property
    def whole(self) -> bool:
        return self.first == 0 and self.past == len(self.fragment.moof.samples)


def plan_films(
    footage: Sequence[Footage], asked: Span, read: ReadLayout, unread: Callable[[Footage], None]
) -> Iterator[FilmPlan]:
    """The films of a camera's footage, which comes oldest first; what cannot be read is told to `unread`.

    A stretch starts with the key picture at or before the start asked, and all end before the end asked.
    """
    plan: FilmPlan | None = None
    before: Footage | None = None
    for one in footage:
        try:
            layout = read(one)
        except (NotFound, BadInput):
            unread(one)
            before = None
            continue
        if min(one.end_ns, asked.end_ns) - layout.end_ns > HOLE_NS:
            # The index knows of more than can be read.
            unread(one)
        seamless = before is not None and before.goes_on_in(one)
        chosen = _chosen(one, layout, asked, seamless=seamless)
        before = one
        if not chosen:
            continue
        start_ns = one.start_ns + ns_from_90k(chosen[0].time90)
        if plan is None or not plan.goes_on_in(layout.description, start_ns):
            if plan is not None:
                yield plan
            plan = FilmPlan(layout.description, start_ns, chosen[0].samples[0].offset90)
        _add(plan, one, layout, chosen)
    if plan is not None:
        yield plan


def _add(plan: FilmPlan, footage: Footage, layout: Layout, chosen: Sequence[_Chosen]) -> None:
    first, samples = len(plan.offsets), 0
    shift90 = ticks_from_ns(footage.start_ns - plan.start_ns)
    for one in chosen:
        fragment, taken = one.fragment, one.samples
        time90 = shift90 + one.time90
        if one.whole:
            plan.offsets.append(fragment.offset)
            plan.sizes.append(fragment.end - fragment.offset)
        else:
            skipped = sum(sample.size for sample in fragment.moof.samples[: one.first])
            utc_ns = fragment.utc_ns + ns_from_90k(one.time90 - fragment.time90)
            head = write_fragment(MovieFragment(fragment.moof.sequence, time90, taken), utc_ns, [])
            plan.made[len(plan.offsets)] = b"".join(head)
            plan.offsets.append(fragment.data + skipped)
            plan.sizes.append(sum(sample.size for sample in taken))
        plan.times90.append(time90)
        plan.keys.append(taken[0].key)
        samples += len(taken)
        plan.end90 = time90 + sum(sample.duration90 for sample in taken)
        plan.last90 = plan.end90 - taken[-1].duration90
    start_ns = footage.start_ns + ns_from_90k(chosen[0].time90)
    end_ns = plan.start_ns + ns_from_90k(plan.end90)
    whole = len(chosen) == len(layout.fragments) and all(one.whole for one in chosen)
    plan.segments.append(
        PlannedSegment(
            footage,
            first,
            len(plan.offsets),
            start_ns,
            end_ns,
            samples,
            whole,
            chosen[0].samples[0].recovery,
            clock_of(layout),
            layout.init if whole and _can_be_made_again(layout) else b"",
        )
    )


def _can_be_made_again(layout: Layout) -> bool:
    numbered = all(one.moof.sequence == number for number, one in enumerate(layout.fragments, 1))
    first = layout.fragments[0]
    return numbered and first.time90 == 0 and first.offset == len(layout.init) <= MOST_HEAD_BYTES


def _chosen(footage: Footage, layout: Layout, asked: Span, *, seamless: bool) -> list[_Chosen]:
    """What is taken of a segment; nothing where it ends before the start asked, or before it may be seen."""
    if footage.limit is not None:
        asked = Span(max(asked.start_ns, footage.from_ns), min(asked.end_ns, footage.to_ns))
    if not layout.fragments or layout.end_ns <= asked.start_ns:
        return []
    skipped = 0 if seamless else _first_key(footage, layout, asked.start_ns)
    chosen = []
    for fragment in layout.fragments:
        count = len(fragment.moof.samples)
        first, past = min(skipped, count), _past(footage, fragment, asked.end_ns)
        skipped -= first
        if first < past:
            chosen.append(_Chosen(fragment, first, past))
        if past < count:
            break
    return chosen


def _past(footage: Footage, fragment: PlacedFragment, end_ns: int) -> int:
    """How many pictures of a fragment are decoded before an instant."""
    at90, samples = fragment.time90, fragment.moof.samples
    if footage.start_ns + ns_from_90k(at90 + fragment.moof.duration90) < end_ns:
        return len(samples)
    for number, sample in enumerate(samples):
        if footage.start_ns + ns_from_90k(at90) >= end_ns:
            return number
        at90 += sample.duration90
    return len(samples)


def _first_key(footage: Footage, layout: Layout, start_ns: int) -> int:
    """The number of the last key sample at or before an instant with which all is complete by then.

    It is that of the first key sample where none is that early, 0 where the segment starts after the instant.
    """
    keys: list[tuple[int, int]] = []
    number, last = 0, 0
    for fragment in layout.fragments:
        at90 = fragment.time90
        for sample in fragment.moof.samples:
            if footage.start_ns + ns_from_90k(at90) > start_ns:
                return _best(keys, last)
            last = number
            if sample.key:
                keys.append((number, sample.recovery))
            at90 += sample.duration90
            number += 1
    return _best(keys, last)


def _best(keys: Sequence[tuple[int, int]], last: int) -> int:
    whole = [number for number, recovery in keys if number + recovery <= last]
    return whole[-1] if whole else min((number for number, _ in keys), default=0)
