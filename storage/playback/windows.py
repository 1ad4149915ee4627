"""What a player gets for a time range: one fragmented MP4 without a seam, times as the player's time line."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from shared.errors import BadInput, NotFound
from shared.ids import StreamId
from shared.mediatime import ns_from_90k
from storage.fmp4.entry import Description
from storage.fmp4.fragment import MovieFragment, movie_fragment
from storage.fmp4.movie import file_type, fragmented_movie
from storage.fmp4.told_clock import ToldClock, clock_of
from storage.model.segment import Footage
from storage.playback.catalogue import Catalogue
from storage.playback.pieces import Piece, Thinning, pieces_of, seek
from storage.playback.retiming import retimed

MAX_ANSWER_NS = 600_000_000_000
"""An answer covers ten minutes at most: the player asks on from where it ends."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole fMP4 to be sent: [start_ns, end_ns) is what it covers.

    Known of it are the pieces of its first segment and of its last one. Those `between` are looked up when
    they are sent: however long the answer is, it begins at once.
    """

    description: Description
    first: tuple[Piece, ...]
    between: tuple[Footage, ...]
    last: tuple[Piece, ...]
    base_ns: int
    thinning: Thinning | None
    clock: ToldClock
    """Of its first segment and its last one."""

    @property
    def start_ns(self) -> int:
        return self.first[0].start_ns

    @property
    def end_ns(self) -> int:
        return (self.last or self.first)[-1].end_ns

    @property
    def complete_ns(self) -> int | None:
        """From when on its pictures are complete where it begins at a recovery point, None where it does not.

        No browser begins to decode there.
        """
        left = self.first[0].samples[0].recovery
        if not left:
            return None
        for piece in (*self.first, *self.last):
            samples = piece.samples
            if left < len(samples):
                before90 = sum(sample.duration90 for sample in samples[:left])
                return piece.start_ns + ns_from_90k(before90)
            left -= len(samples)
        return self.end_ns

    @property
    def init(self) -> bytes:
        return file_type(self.description) + fragmented_movie(self.description, self.start_ns)


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no footage in the range; the next is at `next_ns`, if any is."""

    next_ns: int | None


async def plan(
    catalogue: Catalogue,
    stream: StreamId,
    start_ns: int,
    end_ns: int,
    base_ns: int,
    thinning: Thinning | None = None,
) -> Answer | Nothing:
    """The answer to [start_ns, end_ns): from the key fragment at or before it, up to the first seam.

    With `thinning` of some of its key pictures only; of all where footage has none that stands alone.
    """
    end_ns = min(end_ns, start_ns + MAX_ANSWER_NS)
    stretch = _without_seam(await catalogue.between(stream, start_ns, end_ns))
    first: list[Piece] = []
    while stretch and not first:
        opening = await catalogue.layout(stretch[0])
        found = pieces_of(stretch.pop(0), opening)
        first = [piece for piece in found[seek(found, start_ns) :] if piece.start_ns < end_ns]
    if not first:
        return Nothing(await catalogue.next_start_ns(stream, start_ns))
    # Until when pictures are incomplete is told before any is sent.
    while stretch and sum(len(piece.samples) for piece in first) <= first[0].samples[0].recovery:
        first += await _inside(catalogue, stretch.pop(0), end_ns)
    last: list[Piece] = []
    clock = clock_of(opening)
    while stretch and not last:
        footage = stretch.pop()
        last = await _inside(catalogue, footage, end_ns)
        clock = clock.and_of(clock_of(await catalogue.layout(footage)))
    if thinning is not None and not any(piece.keys for piece in first):
        thinning = None
    answer = Answer(
        opening.description,
        tuple(first),
        tuple(stretch),
        tuple(last),
        base_ns,
        thinning,
        clock,
    )
    if answer.end_ns <= start_ns:
        return Nothing(await catalogue.next_start_ns(stream, start_ns))
    return answer


def _without_seam(footage: Sequence[Footage]) -> list[Footage]:
    """The footage from the first on that one decoder plays without a hole."""
    found = list(footage[:1])
    for one in footage[1:]:
        if not found[-1].goes_on_in(one):
            break
        found.append(one)
    return found


async def _inside(catalogue: Catalogue, footage: Footage, end_ns: int) -> list[Piece]:
    layout = await catalogue.layout(footage)
    return [piece for piece in pieces_of(footage, layout) if piece.start_ns < end_ns]


async def stream_answer(catalogue: Catalogue, answer: Answer) -> AsyncGenerator[bytes, None]:
    """The bytes of an answer, a fragment at a time; ends as `read_answer` does."""
    yield answer.init
    async for fragment, data in read_answer(catalogue, answer):
        yield movie_fragment(fragment) + (len(data) + 8).to_bytes(4, "big") + b"mdat" + data


async def read_answer(catalogue: Catalogue, answer: Answer) -> AsyncIterator[tuple[MovieFragment, bytes]]:
    """Each fragment of an answer on the player's time line, and its samples.

    A segment destroyed meanwhile, or found unreadable, ends it early. At most one fragment is in memory.
    """
    try:
        async for piece, fragment in retimed(_pieces(catalogue, answer), answer.base_ns, answer.end_ns):
            data = await asyncio.to_thread(catalogue.read, piece.key, piece.data, piece.size)
            if len(data) != piece.size:
                return
            yield fragment, data
    except (NotFound, BadInput):
        # Whoever asks on from where it ends is told why.
        return


async def _pieces(catalogue: Catalogue, answer: Answer) -> AsyncIterator[Piece]:
    thinned: Callable[[Iterable[Piece]], Iterator[Piece]] = iter
    if answer.thinning is not None:
        thinned = answer.thinning.begin()
    for piece in thinned(answer.first):
        yield piece
    for one in answer.between:
        for piece in thinned(await _inside(catalogue, one, answer.end_ns)):
            yield piece
    for piece in thinned(answer.last):
        yield piece


async def plan_one(
    catalogue: Catalogue, footage: Footage, start_ns: int, end_ns: int, base_ns: int
) -> Answer | None:
    """The answer to [start_ns, end_ns) out of one segment alone; None where it has nothing of it."""
    layout = await catalogue.layout(footage)
    found = pieces_of(footage, layout)
    if start_ns > footage.start_ns:
        found = found[seek(found, start_ns) :]
    inside = tuple(piece for piece in found if piece.start_ns < end_ns)
    if not inside:
        return None
    return Answer(layout.description, inside, (), (), base_ns, None, clock_of(layout))
