"""Usual units of one stream that came together, read at one go; `shared/tap/wire.py` is the reference."""

from struct import error as StructError
from typing import NamedTuple

from shared.errors import BadInput
from shared.ids import StreamId
from shared.tap.wire import (
    CODECS,
    GATHERED,
    GATHERED_HEAD,
    MAGIC,
    SOURCES,
    VERSION,
    Flag,
    part_of,
    read,
    stream_named,
)
from shared.units import AccessUnit, Codec, UtcSource

_PART_BYTES = part_of(1).size - 1
_LENGTHS_BYTES = 6
_PLAIN = MAGIC + bytes((VERSION, 0))
_KEY, _ASTRAY = int(Flag.KEY), int(Flag.ASTRAY)
_USUAL_FLAGS = frozenset((0, _KEY, _ASTRAY, _KEY | _ASTRAY))


class Gathered(NamedTuple):
    """Units that follow each other in a run, at least one, each shown later than the one before.

    None is reordered or a recovery point, all have one codec and one source of UTC. `keys` are the numbers of
    the key units, `sizes` says how long the data of each is in `data`, where one follows the other, as their
    headers do in `headers`. A tuple, since it is made for each message.
    """

    stream: StreamId
    codec: Codec
    source: UtcSource
    run: int
    seq: int
    keys: tuple[int, ...]
    sizes: tuple[int, ...]
    pts90: tuple[int, ...]
    utc_ns: tuple[int, ...]
    headers: memoryview
    data: memoryview

    def units(self) -> list[AccessUnit]:
        """Each by itself."""
        found, at = [], 0
        step = len(self.headers) // len(self.sizes)
        for number, size in enumerate(self.sizes):
            header = self.headers[number * step + _LENGTHS_BYTES : (number + 1) * step]
            found.append(read(bytes(header), bytes(self.data[at : at + size])).unit)
            at += size
        return found

    def part(self, first: int, end: int) -> "Gathered":
        """Those from number `first` up to `end`: at least one."""
        step = len(self.headers) // len(self.sizes)
        at, sizes = sum(self.sizes[:first]), self.sizes[first:end]
        return Gathered(
            self.stream,
            self.codec,
            self.source,
            self.run,
            self.seq + first,
            tuple(key - first for key in self.keys if first <= key < end),
            sizes,
            self.pts90[first:end],
            self.utc_ns[first:end],
            self.headers[first * step : end * step],
            self.data[at : at + sum(sizes)],
        )


def read_usual(header: bytes, data: memoryview) -> Gathered | None:
    """The units in a header and data frame of several; None where `read_gathered` has to judge them."""
    try:
        magic, version, kind, count = GATHERED_HEAD.unpack_from(header)
        headers = memoryview(header)[GATHERED_HEAD.size :]
        rows = part_of(len(headers) // count - _PART_BYTES).iter_unpack(headers)
        lengths, sizes, starts, flags, kinds, runs, seqs, pts90, utc_ns, _, names = zip(*rows, strict=True)
        stream = stream_named(names[0])
    except (StructError, ValueError, ZeroDivisionError, BadInput):
        return None
    run, seq = runs[0], seqs[0]
    codec, source, recovery = kinds[0]
    usual = (
        (magic, version, kind) == (MAGIC, VERSION, GATHERED)
        and len(sizes) == count
        and lengths.count(len(headers) // count - _LENGTHS_BYTES) == count
        and starts.count(_PLAIN) == count
        and kinds.count(kinds[0]) == count
        and runs.count(run) == count
        and names.count(names[0]) == count
        and seqs == tuple(range(seq, seq + count))
        and _USUAL_FLAGS.issuperset(flags)
        and not recovery
        and codec < len(CODECS)
        and source < len(SOURCES)
        and 0 not in sizes
        and sum(sizes) == len(data)
        and sorted({*pts90}) == [*pts90]
    )
    if not usual or (max(flags) >= _ASTRAY and SOURCES[source] is not UtcSource.ARRIVAL):
        return None
    keys = tuple([number for number, flag in enumerate(flags) if flag & _KEY])
    return Gathered(
        stream, CODECS[codec], SOURCES[source], run, seq, keys, sizes, pts90, utc_ns, headers, data
    )
