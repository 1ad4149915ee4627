"""The pieces a window is made of: fragments of segments, or their key pictures alone. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.mediatime import ns_from_90k
from storage.fmp4.fragment import Sample
from storage.fmp4.reader import Layout
from storage.model.segment import Footage


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples of a segment that lie together: in whose file, from which byte, the UTC of the first one."""

    key: str
    data: int
    start_ns: int
    samples: tuple[Sample, ...]

    @property
    def size(self) -> int:
        return sum(sample.size for sample in self.samples)

    @property
    def end_ns(self) -> int:
        return self.start_ns + ns_from_90k(sum(sample.duration90 for sample in self.samples))

    @property
    def keys(self) -> "list[Piece]":
        """Each picture of it that a decoder shows without any other, at the time at which it is shown."""
        found, at, time90 = [], self.data, 0
        for sample in self.samples:
            if sample.key and not sample.recovery:
                start_ns = self.start_ns + ns_from_90k(time90 + sample.offset90)
                found.append(Piece(self.key, at, start_ns, (replace(sample, offset90=0),)))
            at += sample.size
            time90 += sample.duration90
        return found


def pieces_of(footage: Footage, layout: Layout) -> list[Piece]:
    """The fragments of a segment that may be seen, oldest first: where that is limited, from the key picture
    on that its first picture needs."""
    pieces = [
        Piece(
            footage.key, fragment.data, footage.start_ns + ns_from_90k(fragment.time90), fragment.moof.samples
        )
        for fragment in layout.fragments
    ]
    if footage.limit is None:
        return pieces
    return [piece for piece in pieces[seek(pieces, footage.from_ns) :] if piece.start_ns < footage.to_ns]


def seek(pieces: Sequence[Piece], start_ns: int) -> int:
    """The last piece at or before an instant where decoding can start and all is complete by then; the first
    where there is none."""
    passed, found = 0, 0
    for number in reversed([number for number, piece in enumerate(pieces) if piece.start_ns <= start_ns]):
        first = pieces[number].samples[0]
        if first.key:
            found = number
            if first.recovery <= passed:
                break
        passed += len(pieces[number - 1].samples)
    return found


@dataclass(frozen=True, slots=True)
class Thinning:
    """Leaves key pictures only, and of those none nearer to the one before than `apart_ns`."""

    apart_ns: int

    def begin(self) -> Callable[[Iterable[Piece]], Iterator[Piece]]:
        """What thins the pieces of one window, given it part by part."""
        last_ns: int | None = None

        def thinned(pieces: Iterable[Piece]) -> Iterator[Piece]:
            nonlocal last_ns
            for piece in pieces:
                for key in piece.keys:
                    if last_ns is None or key.start_ns - last_ns >= self.apart_ns:
                        last_ns = key.start_ns
                        yield key

        return thinned
