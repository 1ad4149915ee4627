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
# magic, version, kind, number of parts; then, a part, bytes of its header and of its data; then the headers
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


def bundle(headers: Sequence[bytes], datas: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The header and data frame of several parts, by header and data of each; one alone is sent as it is."""
    if len(headers) == 1:
        return headers[0], datas[0]
    sizes: list[int] = []
    for header, data in zip(headers, datas, strict=True):
        sizes += (len(header), len(data))
    head = _HEAD.pack(MAGIC, VERSION, BUNDLE, len(headers)) + _table(len(headers)).pack(*sizes)
    return b"".join((head, *headers)), b"".join(datas)


def is_bundle(header: bytes) -> bool:
    """Whether a header is of a bundle, for `read_bundle`."""
    return header[3:4] == _BUNDLE_KIND


def read_bundle(header: bytes, data: memoryview) -> list[tuple[bytes, memoryview]]:
    """Header and data of each part of a bundle: at least one. Raises BadInput. A part itself may be bad."""
    if len(header) < _HEAD.size:
        raise BadInput(f"tap header of a bundle has {len(header)} bytes")
    magic, version, kind, count = _HEAD.unpack_from(header)
    if magic != MAGIC or version != VERSION or kind != BUNDLE or not 0 < count <= MOST_PARTS:
        raise BadInput(f"tap header of a bundle is not of version {VERSION}")
    table = _table(count)
    at, taken = _HEAD.size + table.size, 0
    if len(header) < at:
        raise BadInput("tap header of a bundle is cut")
    sizes = table.unpack_from(header, _HEAD.size)
    if at + sum(sizes[::2]) != len(header) or sum(sizes[1::2]) != len(data):
        raise BadInput("tap message of a bundle has not what it names")
    parts = []
    for header_bytes, data_bytes in zip(sizes[::2], sizes[1::2], strict=True):
        parts.append((header[at : at + header_bytes], data[taken : taken + data_bytes]))
        at, taken = at + header_bytes, taken + data_bytes
    return parts


@lru_cache(maxsize=_REMEMBERED)
def _table(count: int) -> struct.Struct:
    return struct.Struct(f"!{2 * count}I")
