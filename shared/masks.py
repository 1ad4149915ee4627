"""Masks drawn over time on a picture: boxes that go in a straight line from one key position to the next.

Boxes are in fractions of the picture, so that they hold whatever its size is. Pure.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.errors import BadInput
from shared.reasons import why

MOST_TRACKS = 50
MOST_POSITIONS = 5_000
"""Of all tracks of one order together."""
_LEAST_SIDE = 1e-4


@dataclass(frozen=True, slots=True)
class Box:
    """From the upper left corner, in fractions of the picture's width and height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def fits(self) -> bool:
        """Whether it has a surface and lies in the picture; nothing that is no number does."""
        across = self.x >= 0 and self.x + self.w <= 1 + 1e-9 and self.w >= _LEAST_SIDE
        return across and self.y >= 0 and self.y + self.h <= 1 + 1e-9 and self.h >= _LEAST_SIDE

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels, rounded outwards to whole pixels of colour, which are 2x2."""
        left, top = math.floor(self.x * width) & ~1, math.floor(self.y * height) & ~1
        right, bottom = math.ceil((self.x + self.w) * width), math.ceil((self.y + self.h) * height)
        return left, top, min(width, right + (right & 1)), min(height, bottom + (bottom & 1))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a box is at one instant."""

    at_ns: int
    box: Box


@dataclass(frozen=True, slots=True)
class Track:
    """One mask: it is there from its first position to its last one, both included."""

    positions: tuple[Position, ...]

    def over(self, start_ns: int, end_ns: int) -> Box | None:
        """What to cover of a picture that is shown during [start_ns, end_ns), None where nothing.

        A picture that is on the screen at any instant of the track is covered where the box is at its start.
        """
        if end_ns <= self.positions[0].at_ns or start_ns > self.positions[-1].at_ns:
            return None
        return self._at(max(start_ns, self.positions[0].at_ns))

    def _at(self, at_ns: int) -> Box:
        after = bisect_right(self.positions, at_ns, key=lambda one: one.at_ns)
        before = self.positions[after - 1]
        if after == len(self.positions):
            return before.box
        following = self.positions[after]
        share = (at_ns - before.at_ns) / (following.at_ns - before.at_ns)
        a, b = before.box, following.box
        return Box(
            a.x + (b.x - a.x) * share,
            a.y + (b.y - a.y) * share,
            a.w + (b.w - a.w) * share,
            a.h + (b.h - a.h) * share,
        )


def check_tracks(tracks: Sequence[Track]) -> None:
    """Raises BadInput where masks cannot be drawn as they are told."""
    if len(tracks) > MOST_TRACKS or sum(len(one.positions) for one in tracks) > MOST_POSITIONS:
        raise BadInput(
            why(
                "masks-too-many",
                "a redacted copy has at most {most} masks of {count} positions in all",
                most=MOST_TRACKS,
                count=MOST_POSITIONS,
            ),
            "masks",
        )
    for track in tracks:
        times = [one.at_ns for one in track.positions]
        if len(times) < 2 or any(b <= a for a, b in pairwise(times)):
            raise BadInput(
                why("mask-positions", "a mask has two positions or more, each later than the one before"),
                "masks",
            )
        if not all(one.box.fits for one in track.positions):
            raise BadInput(
                why("mask-outside", "a mask has a surface and lies inside the picture"),
                "masks",
            )


def covered(tracks: Iterable[Track], start_ns: int, end_ns: int) -> list[Box]:
    """The boxes on a picture that is shown during [start_ns, end_ns)."""
    return [box for one in tracks if (box := one.over(start_ns, end_ns)) is not None]
