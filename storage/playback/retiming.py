"""Puts pieces on a player's time line: 90 kHz ticks since its base."""

from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from itertools import accumulate

from shared.mediatime import ticks_from_ns
from storage.fmp4.fragment import MovieFragment, Sample
from storage.playback.pieces import Piece


async def retimed(
    pieces: AsyncIterator[Piece], base_ns: int, end_ns: int
) -> AsyncIterator[tuple[Piece, MovieFragment]]:
    """Each piece as a fragment of the time line.

    What is before the base is squeezed into a tick a picture, because media time cannot be negative. Each
    picture lasts until the next one, the last until `end_ns`, so that no seam stops the player. Pictures
    shown in another order than they are decoded in keep their order. One piece is looked up ahead.
    """
    number, last90 = 0, -1
    waiting: tuple[Piece, list[int]] | None = None
    async for piece in pieces:
        own = _starts90(piece, base_ns, last90)
        last90 = own[-1]
        if waiting is not None:
            number += 1
            yield waiting[0], _fragment(number, *waiting, own[0])
        waiting = piece, own
    if waiting is not None:
        yield waiting[0], _fragment(number + 1, *waiting, max(last90 + 1, ticks_from_ns(end_ns - base_ns)))


def _starts90(piece: Piece, base_ns: int, last90: int) -> list[int]:
    """When the samples of a piece are decoded, each after the one before."""
    at90 = ticks_from_ns(piece.start_ns - base_ns)
    own: list[int] = []
    for sample in piece.samples:
        last90 = max(last90 + 1, at90)
        own.append(last90)
        at90 += sample.duration90
    return own


def _fragment(number: int, piece: Piece, own: Sequence[int], after90: int) -> MovieFragment:
    samples = tuple(
        replace(sample, duration90=following90 - start90, offset90=offset90)
        for sample, start90, following90, offset90 in zip(
            piece.samples, own, [*own[1:], after90], _moved_offsets(piece.samples, own), strict=True
        )
    )
    return MovieFragment(number, own[0], samples)


def _moved_offsets(samples: Sequence[Sample], starts90: Sequence[int]) -> list[int]:
    """The offsets of a fragment's samples once these are decoded at `starts90`.

    A picture of a recording is shown when one of its fragment is decoded: it moves with that one.
    """
    offsets90 = [sample.offset90 for sample in samples]
    if not any(offsets90):
        return offsets90
    before90 = list(accumulate((sample.duration90 for sample in samples[:-1]), initial=0))
    moved = []
    for decoded90, start90, offset90 in zip(before90, starts90, offsets90, strict=True):
        shown90 = decoded90 + offset90
        other = max(0, bisect_right(before90, shown90) - 1)
        moved.append(starts90[other] + max(0, shown90 - before90[other]) - start90)
    return moved
