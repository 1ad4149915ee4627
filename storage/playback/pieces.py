"""The pieces a window is made of: fragments of segments, or their key pictures alone. Pure."""

from collections.abc import Callable, Iterable, Iterator
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
    """The fragments of a segment, oldest first."""
    return [
        Piece(
            footage.key, fragment.data, footage.start_ns + ns_from_90k(fragment.time90), fragment.moof.samples
        )
        for fragment in layout.fragments
    ]


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
