"""The bytes of the tap. A message is three frames: topic, header, data. See docs/design/tap.md.

Apart from the package `shared.tap`: who speaks these bytes over a pipe starts without ZeroMQ.
"""

import struct
from collections.abc import Sequence
from contextlib import suppress
from enum import IntFlag
from functools import lru_cache
from itertools import chain, count, repeat
from typing import NamedTuple

from shared.errors import BadInput
from shared.ids import StreamId
from shared.units import AccessUnit, Codec, UnitBatch, UtcSource

MAGIC = b"BT"
VERSION = 1
REORDERED_VERSION = 2
"""The version of a unit with REORDERED: a reader that does not know the flag refuses it, not misreads it."""
# magic, version, kind, flags, codec, UTC source, recovery, run, seq, pts90, utc_ns, utc_uncertainty_ns
_HEADER = struct.Struct("!2sBBBBBBIQqqq")
# The same read in one go: what it begins with, flags, codec and UTC source, recovery, …
_READ = struct.Struct("!4sB2sBIQqqq")
HEADER_BYTES = _HEADER.size
"""Behind so many bytes a unit's header names its stream."""
CODECS = (Codec.H264, Codec.H265, Codec.MJPEG, Codec.MPEG4)
SOURCES = (UtcSource.ARRIVAL, UtcSource.SENDER_REPORT)
_UNIT, GATHERED = 0, 1
_STARTS = frozenset(MAGIC + bytes((version, _UNIT)) for version in (VERSION, REORDERED_VERSION))
_KINDS = {
    bytes((first, second)): (codec, source)
    for first, codec in enumerate(CODECS)
    for second, source in enumerate(SOURCES)
}
_GATHERED_KIND = bytes((GATHERED,))
# magic, version, kind, number of units; then, a unit: bytes of its header, bytes of its data, its header
GATHERED_HEAD = struct.Struct("!2sBBH")
_PART = struct.Struct("!HI")
READER_BYTES = 16
MAX_UNIT_BYTES = 8 << 20
"""A larger unit is not sent: ZeroMQ would cut the connection, and every stream on it, instead."""
_MAX_STREAM_BYTES = 64
_REMEMBERED_STREAMS = 4096
_ASK = b"\x02"


class Flag(IntFlag):
    KEY = 1
    RECENT = 2
    REORDERED = 4
    LAST = 8
    ASTRAY = 16
    """The time is of arrival, and in place of its uncertainty stands `camera_ahead_ns`."""


_KEY, _RECENT, _REORDERED, _LAST = int(Flag.KEY), int(Flag.RECENT), int(Flag.REORDERED), int(Flag.LAST)
_ASTRAY = int(Flag.ASTRAY)


class Received(NamedTuple):
    """A unit, whether it answers a request for recent ones, and whether it is the last of that answer.

    A tuple, since it is made for each picture."""

    unit: AccessUnit
    recent: bool
    last: bool


def stream_topic(stream: StreamId) -> bytes:
    """The topic of a stream's live units. Its final zero byte keeps one topic from being another's prefix."""
    return b"u" + str(stream).encode() + b"\0"


def gathered_topic(stream: StreamId) -> bytes:
    """The topic of a stream's live units for readers who may wait: several a message."""
    return b"g" + str(stream).encode() + b"\0"


def reader_topic(reader: bytes) -> bytes:
    """The topic on which one reader alone gets recent units."""
    return b"r" + reader


def stream_of(topic: bytes) -> StreamId | None:
    """The stream of a topic for live units, single or gathered, None for any other topic."""
    if topic[:1] not in (b"u", b"g") or topic[-1:] != b"\0":
        return None
    with suppress(BadInput):
        return stream_named(topic[1:-1])
    return None


def unit_header(unit: AccessUnit, *, recent: bool, last: bool = False) -> bytes:
    """The header frame of a unit. See `Received`."""
    # Plain numbers: the flags' own operators would take longer than all the rest.
    flags = _KEY if unit.key else 0
    if recent:
        flags |= _RECENT
    if unit.reordered:
        flags |= _REORDERED
    if last:
        flags |= _LAST
    last_ns = unit.utc_uncertainty_ns
    if unit.camera_ahead_ns is not None:
        flags |= _ASTRAY
        last_ns = unit.camera_ahead_ns
    return (
        _HEADER.pack(
            MAGIC,
            REORDERED_VERSION if unit.reordered else VERSION,
            _UNIT,
            flags,
            CODECS.index(unit.codec),
            SOURCES.index(unit.utc_source),
            unit.recovery,
            unit.run,
            unit.seq,
            unit.pts90,
            unit.utc_ns,
            last_ns,
        )
        + str(unit.stream).encode()
    )


def gathered(units: Sequence[AccessUnit | UnitBatch]) -> tuple[bytes, bytes]:
    """The header and data frame of several units of one stream, in order."""
    parts = [GATHERED_HEAD.pack(MAGIC, VERSION, GATHERED, count_of(units))]
    for unit in units:
        if isinstance(unit, UnitBatch):
            parts += _batch_parts(unit)
        else:
            header = unit_header(unit, recent=False)
            parts += (_PART.pack(len(header), len(unit.data)), header)
    data = units[0].data if len(units) == 1 else b"".join([unit.data for unit in units])
    return b"".join(parts), data


def _batch_parts(batch: UnitBatch) -> list[bytes]:
    """What `gathered` says of the units of a batch."""
    flags = (_REORDERED if batch.reordered else 0) | (0 if batch.camera_ahead_ns is None else _ASTRAY)
    starts = MAGIC + bytes((REORDERED_VERSION if batch.reordered else VERSION, _UNIT))
    kinds = bytes((CODECS.index(batch.codec), SOURCES.index(batch.utc_source), 0))
    name, ends, run, ahead_ns = str(batch.stream).encode(), batch.ends, batch.run, batch.camera_ahead_ns
    last_ns = batch.utc_uncertainty_ns if ahead_ns is None else repeat(ahead_ns)
    size, pack = _HEADER.size + len(name), part_of(len(name)).pack
    return [
        pack(size, end - start, starts, flags, kinds, run, seq, pts90, utc_ns, last, name)
        for start, end, seq, pts90, utc_ns, last in zip(
            chain((0,), ends), ends, count(batch.seq), batch.pts90, batch.utc_ns, last_ns, strict=False
        )
    ]


@lru_cache(maxsize=_MAX_STREAM_BYTES)
def part_of(name_bytes: int) -> struct.Struct:
    """What a gathered message says of a unit of a stream with so long a name. Raises ValueError.

    Bytes of its header, bytes of its data; of the header: what it begins with, flags, codec and source and
    recovery, run, seq, pts90, utc_ns, what `last_ns` is, the name.
    """
    if not 0 < name_bytes <= _MAX_STREAM_BYTES:
        raise ValueError("no stream has such a name")
    return struct.Struct(f"!HI4sB3sIQqqq{name_bytes}s")


def count_of(units: Sequence[AccessUnit | UnitBatch]) -> int:
    """How many units they are."""
    return sum(len(unit) if isinstance(unit, UnitBatch) else 1 for unit in units)


def is_gathered(header: bytes) -> bool:
    """Whether a header is of several units, for `read_gathered`, and not of one, for `read`."""
    return header[3:4] == _GATHERED_KIND


def read_gathered(header: bytes, data: bytes | memoryview) -> list[AccessUnit]:
    """The units in a header and data frame: at least one, all of one stream. Raises BadInput."""
    if len(header) < GATHERED_HEAD.size:
        raise BadInput(f"tap header of several units has {len(header)} bytes")
    magic, version, kind, count = GATHERED_HEAD.unpack_from(header)
    if magic != MAGIC or version != VERSION or kind != GATHERED or not count:
        raise BadInput(f"tap header of several units is not of version {VERSION}")
    units: list[AccessUnit] = []
    at, taken = GATHERED_HEAD.size, 0
    for _ in range(count):
        if len(header) - at < _PART.size:
            raise BadInput("tap header of several units is cut")
        header_bytes, data_bytes = _PART.unpack_from(header, at)
        at += _PART.size
        if header_bytes > len(header) - at or data_bytes > len(data) - taken:
            raise BadInput("tap header of several units names more than there is")
        received = read(header[at : at + header_bytes], bytes(data[taken : taken + data_bytes]))
        at, taken = at + header_bytes, taken + data_bytes
        units.append(received.unit)
    if at != len(header) or taken != len(data):
        raise BadInput("tap message of several units has more than it names")
    if any(unit.stream != units[0].stream for unit in units):
        raise BadInput("tap message has units of several streams")
    return units


def read(header: bytes, data: bytes) -> Received:
    """The unit in a header and data frame. Raises BadInput."""
    if not HEADER_BYTES < len(header) <= HEADER_BYTES + _MAX_STREAM_BYTES:
        raise BadInput(f"tap header has {len(header)} bytes")
    start, flags, kinds, recovery, run, seq, pts90, utc_ns, last_ns = _READ.unpack_from(header)
    known = _KINDS.get(kinds)
    if start not in _STARTS or known is None:
        raise BadInput(_why_unread(header))
    stream = stream_named(header[HEADER_BYTES:])
    codec, source = known
    ahead_ns = None
    if flags & _ASTRAY:
        if source is not UtcSource.ARRIVAL:
            raise BadInput(f"tap header of {stream} tells the camera's time twice")
        last_ns, ahead_ns = -1, last_ns
    if not data:
        raise BadInput(f"tap unit of {stream} is empty")
    # By place: with thirteen names a call takes half as long again.
    unit = AccessUnit(
        stream,
        run,
        seq,
        pts90,
        utc_ns,
        source,
        last_ns,
        flags & _KEY != 0,
        codec,
        data,
        flags & _REORDERED != 0,
        recovery,
        ahead_ns,
    )
    return Received(unit, flags & _RECENT != 0, flags & _LAST != 0)


def _why_unread(header: bytes) -> str:
    """What is wrong with a header that has no start or no kinds that are known."""
    magic, version, kind, _, codec, source, *_ = _HEADER.unpack_from(header)
    if magic != MAGIC or version not in (VERSION, REORDERED_VERSION):
        return f"tap header is not of version {VERSION} or {REORDERED_VERSION}"
    stream = stream_named(header[HEADER_BYTES:])
    return f"tap header of {stream} has kind {kind}, codec {codec}, UTC source {source}"


@lru_cache(maxsize=_REMEMBERED_STREAMS)
def stream_named(name: bytes) -> StreamId:
    """The stream a header names. Raises BadInput, each time: only good names are remembered."""
    try:
        return StreamId.parse(name.decode())
    except UnicodeDecodeError as error:
        raise BadInput("tap header names no stream") from error


def ask_recent(reader: bytes, stream: StreamId) -> bytes:
    """The upstream message by which a reader asks for a stream's recent units."""
    if len(reader) != READER_BYTES:
        raise ValueError(f"a reader's id has {READER_BYTES} bytes")
    return _ASK + reader + str(stream).encode()


def read_ask(message: bytes) -> tuple[bytes, StreamId]:
    """The reader and stream of a request for recent units. Raises BadInput."""
    longest = 1 + READER_BYTES + _MAX_STREAM_BYTES
    if not 1 + READER_BYTES < len(message) <= longest or message[:1] != _ASK:
        raise BadInput("tap request is malformed")
    try:
        name = message[1 + READER_BYTES :].decode()
    except UnicodeDecodeError as error:
        raise BadInput("tap request names no stream") from error
    return message[1 : 1 + READER_BYTES], StreamId.parse(name)
