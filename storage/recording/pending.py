"""A fragment on its way to the disk."""

from dataclasses import dataclass

from shared.tap.gathered import Gathered
from shared.units import AccessUnit
from storage.fmp4.entry import Description
from storage.fmp4.fragment import MovieFragment, Sample, write_fragment

Piece = AccessUnit | Gathered


@dataclass(frozen=True, slots=True)
class PendingFragment:
    """Pictures on their way to disk: the media time at which each is decoded, and where the last one ends.

    `offsets90` is how much later each is shown; empty where pictures are shown as they are decoded. Of pieces
    of several pictures only the first may be a key unit's.
    """

    sequence: int
    pieces: tuple[Piece, ...]
    times90: tuple[int, ...]
    end90: int
    offsets90: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return sum([len(piece.data) for piece in self.pieces])

    @property
    def utc_ns(self) -> int:
        """The UTC told for the first picture."""
        first = self.pieces[0]
        return first.utc_ns if isinstance(first, AccessUnit) else first.utc_ns[0]

    @property
    def recovery(self) -> int:
        """That of the first picture; see `AccessUnit`."""
        first = self.pieces[0]
        return first.recovery if isinstance(first, AccessUnit) else 0

    @property
    def usual(self) -> bool:
        """Whether pictures come as they are shown, none is a recovery point, and their memory is our own."""
        odd = [
            piece.recovery if isinstance(piece, AccessUnit) else piece.data.readonly for piece in self.pieces
        ]
        return not self.offsets90 and not any(odd)

    @property
    def units(self) -> tuple[AccessUnit, ...]:
        """The pictures, each by itself."""
        apart = [[piece] if isinstance(piece, AccessUnit) else piece.units() for piece in self.pieces]
        return tuple(unit for units in apart for unit in units)

    def build(self, description: Description, whole_from: int | None = None) -> bytes:
        """The fragment's bytes. Units from number `whole_from` on keep what the description says already."""
        units = self.units
        whole_from = len(units) if whole_from is None else whole_from
        pictures = [
            description.sample(unit.data, whole=number >= whole_from) for number, unit in enumerate(units)
        ]
        durations90 = [
            end90 - time90
            for time90, end90 in zip(self.times90, (*self.times90[1:], self.end90), strict=True)
        ]
        samples = tuple(
            Sample(duration90, sum(map(len, picture)), unit.key, offset90, unit.recovery)
            for unit, picture, duration90, offset90 in zip(
                units, pictures, durations90, self.offsets90 or (0,) * len(units), strict=True
            )
        )
        fragment = MovieFragment(self.sequence, self.times90[0], samples)
        data = [part for picture in pictures for part in picture]
        return b"".join(write_fragment(fragment, self.utc_ns, data))

    def change(self, description: Description) -> int | None:
        """The number of the first unit that says something else than the description, if one does."""
        return next(
            (number for number, unit in enumerate(self.units) if description.changed_by(unit.data)), None
        )
