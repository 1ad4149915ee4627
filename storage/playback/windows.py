"""What a player gets for a time range: one fragmented MP4 without a seam, times as the player's time line."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from shared.errors import NotFound
from shared.ids import StreamId
from shared.mediatime import ns_from_90k, ticks_from_ns
from storage.fmp4.entry import Description
from storage.fmp4.fragment import MovieFragment, movie_fragment
from storage.fmp4.movie import file_type, fragmented_movie
from storage.fmp4.reader import PlacedFragment
from storage.model.segment import Footage
from storage.playback.catalogue import Catalogue

MAX_ANSWER_NS = 600_000_000_000
"""An answer covers ten minutes at most: the player asks on from where it ends."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A fragment of an answer: whose file, where its samples lie there, the UTC of its first one."""

    key: str
    fragment: PlacedFragment
    start_ns: int

    @property
    def end_ns(self) -> int:
        return self.start_ns + ns_from_90k(self.fragment.moof.duration90)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole fMP4 to be sent: [start_ns, end_ns) is what it covers."""

    description: Description
    pieces: tuple[Piece, ...]
    base_ns: int

    @property
    def start_ns(self) -> int:
        return self.pieces[0].start_ns

    @property
    def end_ns(self) -> int:
        return self.pieces[-1].end_ns

    @property
    def complete_ns(self) -> int | None:
        """From when on its pictures are complete where it begins at a recovery point, None where it does not.

        No browser begins to decode there.
        """
        left = self.pieces[0].fragment.moof.samples[0].recovery
        if not left:
            return None
        for piece in self.pieces:
            samples = piece.fragment.moof.samples
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
    catalogue: Catalogue, stream: StreamId, start_ns: int, end_ns: int, base_ns: int
) -> Answer | Nothing:
    """The answer to [start_ns, end_ns): from the key fragment at or before it, up to the first seam."""
    end_ns = min(end_ns, start_ns + MAX_ANSWER_NS)
    footage = await catalogue.between(stream, start_ns, end_ns)
    pieces: list[Piece] = []
    description: Description | None = None
    last: Footage | None = None
    for one in footage:
        if last is not None and not last.goes_on_in(one):
            break
        layout = await catalogue.layout(one)
        found = [
            Piece(one.key, fragment, one.start_ns + ns_from_90k(fragment.time90))
            for fragment in layout.fragments
        ]
        if last is None:
            found = found[_seek(found, start_ns) :]
        inside = [piece for piece in found if piece.start_ns < end_ns]
        pieces.extend(inside)
        description, last = layout.description, one
        if len(inside) < len(found):
            break
    if description is None or not pieces or pieces[-1].end_ns <= start_ns:
        return Nothing(await catalogue.next_start_ns(stream, start_ns))
    return Answer(description, tuple(pieces), base_ns)


def _seek(pieces: Sequence[Piece], start_ns: int) -> int:
    """The last piece at or before an instant where decoding can start and all is complete by then; the first
    where there is none."""
    passed, found = 0, 0
    for number in reversed([number for number, piece in enumerate(pieces) if piece.start_ns <= start_ns]):
        first = pieces[number].fragment.moof.samples[0]
        if first.key:
            found = number
            if first.recovery <= passed:
                break
        passed += len(pieces[number - 1].fragment.moof.samples)
    return found


def retimed(answer: Answer) -> list[MovieFragment]:
    """The fragments of an answer on the player's time line: 90 kHz ticks since its base.

    What is before the base is squeezed into a tick a picture, because media time cannot be negative. Each
    picture lasts until the next one, so that no seam stops the player. Pictures shown in another order than
    they are decoded in keep their order.
    """
    starts90: list[list[int]] = []
    last90 = -1
    for piece in answer.pieces:
        at90 = ticks_from_ns(piece.start_ns - answer.base_ns)
        own: list[int] = []
        for sample in piece.fragment.moof.samples:
            last90 = max(last90 + 1, at90)
            own.append(last90)
            at90 += sample.duration90
        starts90.append(own)
    end90 = max(last90 + 1, ticks_from_ns(answer.end_ns - answer.base_ns))
    fragments = []
    for number, (piece, own) in enumerate(zip(answer.pieces, starts90, strict=True)):
        after90 = starts90[number + 1][0] if number + 1 < len(starts90) else end90
        samples = tuple(
            replace(sample, duration90=following90 - start90, offset90=offset90)
            for sample, start90, following90, offset90 in zip(
                piece.fragment.moof.samples,
                own,
                [*own[1:], after90],
                _moved_offsets(piece.fragment.moof, own),
                strict=True,
            )
        )
        fragments.append(MovieFragment(number + 1, own[0], samples))
    return fragments


def _moved_offsets(fragment: MovieFragment, starts90: Sequence[int]) -> list[int]:
    """The offsets of a fragment's samples once these are decoded at `starts90`.

    A picture of a recording is shown when one of its fragment is decoded: it moves with that one.
    """
    offsets90 = [sample.offset90 for sample in fragment.samples]
    if not any(offsets90):
        return offsets90
    before90 = list(accumulate((sample.duration90 for sample in fragment.samples[:-1]), initial=0))
    moved = []
    for decoded90, start90, offset90 in zip(before90, starts90, offsets90, strict=True):
        shown90 = decoded90 + offset90
        other = max(0, bisect_right(before90, shown90) - 1)
        moved.append(starts90[other] + max(0, shown90 - before90[other]) - start90)
    return moved


async def stream_answer(catalogue: Catalogue, answer: Answer) -> AsyncGenerator[bytes, None]:
    """The bytes of an answer, a fragment at a time; ends as `read_answer` does."""
    yield answer.init
    async for fragment, data in read_answer(catalogue, answer):
        yield movie_fragment(fragment) + (len(data) + 8).to_bytes(4, "big") + b"mdat" + data


async def read_answer(catalogue: Catalogue, answer: Answer) -> AsyncIterator[tuple[MovieFragment, bytes]]:
    """Each fragment of an answer on the player's time line, and its samples.

    A segment destroyed meanwhile ends it early. At most one fragment is in memory.
    """
    for piece, fragment in zip(answer.pieces, retimed(answer), strict=True):
        at, size = piece.fragment.data, piece.fragment.end - piece.fragment.data
        try:
            data = await asyncio.to_thread(catalogue.read, piece.key, at, size)
        except NotFound:
            return
        if len(data) != size:
            return
        yield fragment, data
