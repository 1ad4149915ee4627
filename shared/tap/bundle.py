"""Several messages of the tap as one, for a reader who takes those of many streams together.

What a message of three frames says beside its topic, its header and its data, is a part here. It is read as
it is elsewhere: `shared.tap.wire`, `shared.tap.gathered`.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache

from shared.errors import BadInput
from shared.ids import StreamId
from shared.tap.wire import MAGIC, READER_BYTES, VERSION, stream_named

BUNDLE = 2
_BUNDLE_KIND = bytes((BUNDLE,))
# magic, version, kind, number of parts; then the bytes of each one's header; then the headers
_HEAD = struct.Struct("!2sBBH")
MOST_PARTS = 1024
_REMEMBERED = 256

BUNDLE_TOPIC = b"m"
_AT_ONCE, _PATIENT = b"w", b"p"
_ENDS = 1 + READER_BYTES


def bundle_topic(reader: bytes) -> bytes:
    """The topic on which one reader alone gets bundles."""
    return BUNDLE_TOPIC + reader


def bundled_topic(reader: bytes, stream: StreamId, *, patient: bool) -> bytes:
    """The topic by which a reader asks for a stream's live units in its bundles: each unit at once, or, where
    it may wait, gathered ones. Nothing is sent under this topic."""
    return (_PATIENT if patient else _AT_ONCE) + reader + str(stream).encode() + b"\0"


def read_bundled(topic: bytes) -> tuple[bytes, StreamId, bool] | None:
    """The reader, the stream and whether it may wait, of a `bundled_topic`; None for any other topic."""
    if topic[:1] not in (_AT_ONCE, _PATIENT) or topic[-1:] != b"\0":
        return None
    try:
        return topic[1:_ENDS], stream_named(topic[_ENDS:-1]), topic[:1] == _PATIENT
    except BadInput:
        return None


def bundle(headers: Sequence[bytes]) -> bytes:
    """The header frame of several parts, behind which each one's data is a frame. One alone is sent as it
    is."""
    if len(headers) == 1:
        return headers[0]
    head = _HEAD.pack(MAGIC, VERSION, BUNDLE, len(headers))
    return b"".join((head, _table(len(headers)).pack(*map(len, headers)), *headers))


def is_bundle(header: bytes) -> bool:
    """Whether a header is of a bundle, for `read_bundle`."""
    return header[3:4] == _BUNDLE_KIND


def read_bundle(header: bytes, frames: int) -> list[bytes]:
    """The header of each part of a bundle with so many frames of data: at least one. Raises BadInput. A part
    itself may be bad."""
    if len(header) < _HEAD.size:
        raise BadInput(f"tap header of a bundle has {len(header)} bytes")
    magic, version, kind, count = _HEAD.unpack_from(header)
    if magic != MAGIC or version != VERSION or kind != BUNDLE or not 0 < count <= MOST_PARTS:
        raise BadInput(f"tap header of a bundle is not of version {VERSION}")
    table = _table(count)
    at = _HEAD.size + table.size
    if count != frames or len(header) < at:
        raise BadInput("tap header of a bundle names other parts than there are")
    sizes = table.unpack_from(header, _HEAD.size)
    if at + sum(sizes) != len(header):
        raise BadInput("tap header of a bundle has not what it names")
    parts = []
    for size in sizes:
        parts.append(header[at : at + size])
        at += size
    return parts


@lru_cache(maxsize=_REMEMBERED)
def _table(count: int) -> struct.Struct:
    return struct.Struct(f"!{count}I")
