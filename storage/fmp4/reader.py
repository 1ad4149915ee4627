"""Reads a segment file, whole, growing or torn: its identity, its codec, its complete fragments."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import BadInput
from shared.mediatime import ns_from_90k
from storage.fmp4.boxes import Box, find, header_at
from storage.fmp4.description import read_description
from storage.fmp4.entry import Description
from storage.fmp4.fragment import MovieFragment, read_movie_fragment, read_reference_time
from storage.fmp4.identity import Identity

ReadAt = Callable[[int, int], bytes]
"""Gives up to `size` bytes from `offset`, fewer only at the end of the file."""

_WINDOW = 4096
_TABLE = (b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_MAX_INIT = 1 << 20
_MAX_MOOF = 1 << 20


@dataclass(frozen=True, slots=True)
class PlacedFragment:
    """A complete fragment: file range [offset, end), samples from `data`, the UTC told for its first one."""

    offset: int
    data: int
    end: int
    utc_ns: int
    moof: MovieFragment

    @property
    def time90(self) -> int:
        return self.moof.time90

    @property
    def key(self) -> bool:
        return self.moof.samples[0].key


@dataclass(frozen=True, slots=True)
class Layout:
    """A segment file as far as it is whole. `end` is where the last complete fragment ends."""

    identity: Identity
    description: Description
    init: bytes
    fragments: tuple[PlacedFragment, ...]

    @property
    def end(self) -> int:
        return self.fragments[-1].end if self.fragments else 0

    @property
    def incomplete(self) -> int:
        """How many of its first pictures are incomplete."""
        return self.fragments[0].moof.samples[0].recovery if self.fragments else 0

    @property
    def duration90(self) -> int:
        """From the first sample to the end of the last."""
        if not self.fragments:
            return 0
        last = self.fragments[-1].moof
        return last.time90 + last.duration90

    @property
    def end_ns(self) -> int:
        return self.identity.start_ns + ns_from_90k(self.duration90)


def read_layout(read_at: ReadAt, size: int) -> Layout:
    """The layout of a segment file of `size` bytes.

    What follows the last complete fragment is left out. Raises BadInput where there is no whole init
    segment of ours in front.
    """
    init, identity, description = _read_init(read_at)
    fragments = []
    at = len(init)
    while found := _read_fragment(read_at, at, size):
        fragments.append(found)
        at = found.end
    return Layout(identity, description, init, tuple(fragments))


def _read_init(read_at: ReadAt) -> tuple[bytes, Identity, Description]:
    data = read_at(0, _WINDOW)
    movie: Box | None = None
    at = 0
    while True:
        found = header_at(data, at)
        if found is not None and len(data) < found.end <= _MAX_INIT:
            data = read_at(0, max(found.end, _WINDOW))
        if found is None or found.end > len(data) or found.kind in (b"prft", b"moof", b"mdat"):
            raise BadInput("not a segment of Beffroi, or cut before its first fragment")
        if found.kind == b"moov":
            movie = found
        identity = Identity.read(data, found) if found.kind == b"uuid" else None
        if identity is not None and movie is not None:
            return (
                data[: found.end],
                identity,
                read_description(data, find(data, _TABLE, movie.body, movie.end)),
            )
        at = found.end


def _read_fragment(read_at: ReadAt, at: int, size: int) -> PlacedFragment | None:
    """The complete fragment at `at`, None where there is none: end of file, torn, or foreign bytes."""
    window = read_at(at, _WINDOW)
    try:
        time = header_at(window, 0)
        if time is None or time.kind != b"prft" or time.end > len(window):
            return None
        moof = header_at(window, time.end)
        if moof is None or moof.kind != b"moof" or moof.end > _MAX_MOOF:
            return None
        if moof.end + 8 > len(window):
            window = read_at(at, moof.end + 8)
        data = header_at(window, moof.end)
        if data is None or data.kind != b"mdat" or at + data.end > size:
            return None
        fragment = read_movie_fragment(window, moof)
        if not fragment.samples or sum(sample.size for sample in fragment.samples) != data.end - data.body:
            return None
        return PlacedFragment(at, at + data.body, at + data.end, read_reference_time(window, time), fragment)
    except BadInput:
        return None
