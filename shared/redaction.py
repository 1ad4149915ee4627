"""What whoever redacts tells the process that does, before the units: one line of JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import BadInput
from shared.masks import Box, Position, Track

MOST_LINE_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class RedactionSetup:
    """The masks, and the UTC of a unit whose `pts90` is 0."""

    origin_ns: int
    tracks: tuple[Track, ...]

    def line(self) -> bytes:
        """The line that `read` reads."""
        told = [[_told(one) for one in track.positions] for track in self.tracks]
        return json.dumps([self.origin_ns, told]).encode() + b"\n"

    @staticmethod
    def read(line: bytes) -> "RedactionSetup":
        """Raises BadInput."""
        try:
            origin_ns, told = json.loads(line)
            return RedactionSetup(int(origin_ns), tuple(_track(positions) for positions in told))
        except (ValueError, TypeError, RecursionError) as error:
            raise BadInput("the masks cannot be read") from error


def _told(one: Position) -> list[float]:
    return [one.at_ns, one.box.x, one.box.y, one.box.w, one.box.h]


def _track(positions: Sequence[Sequence[float]]) -> Track:
    return Track(tuple(Position(int(at), Box(x, y, w, h)) for at, x, y, w, h in positions))
