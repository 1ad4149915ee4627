"""What a service and a transcoder say to each other over a pipe: kind, two lengths, header, data.

A unit's header and data are those of the tap (`shared.tap.wire`).
"""

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from shared.errors import BadInput
from shared.tap.wire import MAX_UNIT_BYTES, read, unit_header
from shared.units import AccessUnit

if TYPE_CHECKING:
    # The child reads from a file, and starts the sooner without an event loop.
    import asyncio

_LENGTHS = struct.Struct("!cII")
_TAKEN = struct.Struct("!I")
_MAX_HEADER_BYTES = 256
_MAX_TROUBLE_BYTES = 1000
_UNIT, _KEY_WANTED, _FINISH, _READY, _SETTLED = b"u", b"k", b"f", b"r", b"t"


@dataclass(frozen=True, slots=True)
class KeyWanted:
    """To the transcoder: make the next picture a key picture."""


@dataclass(frozen=True, slots=True)
class Finish:
    """To the transcoder: no more units come; give what is still held back. It is settled as a unit is."""


@dataclass(frozen=True, slots=True)
class Ready:
    """From the transcoder: it can be given units now."""


@dataclass(frozen=True, slots=True)
class Settled:
    """From the transcoder: it is done with one unit, the oldest not settled yet.

    `skipped` pictures were decoded and not coded, because more were waiting. `trouble` is why nothing can be
    shown, one sentence, empty where all is well.
    """

    skipped: int = 0
    trouble: str = ""


Message = AccessUnit | KeyWanted | Finish | Ready | Settled


def encoded(message: Message) -> bytes:
    """The bytes of a message."""
    header = data = b""
    match message:
        case AccessUnit():
            kind, header, data = _UNIT, unit_header(message, recent=False), message.data
        case Settled(skipped, trouble):
            kind, header = _SETTLED, _TAKEN.pack(skipped)
            data = trouble.encode()[:_MAX_TROUBLE_BYTES]
        case KeyWanted():
            kind = _KEY_WANTED
        case Finish():
            kind = _FINISH
        case Ready():
            kind = _READY
    return b"".join((_LENGTHS.pack(kind, len(header), len(data)), header, data))


def read_from(file: BinaryIO) -> Message | None:
    """The next message of a file; None at its end. Raises BadInput where it is not one."""
    start = file.read(_LENGTHS.size)
    if len(start) < _LENGTHS.size:
        return None
    kind, header_bytes, data_bytes = _lengths(start)
    body = file.read(header_bytes + data_bytes)
    if len(body) < header_bytes + data_bytes:
        return None
    return _message(kind, body[:header_bytes], body[header_bytes:])


async def receive(reader: "asyncio.StreamReader") -> Message | None:
    """The next message of a stream; None at its end. Raises BadInput where it is not one."""
    try:
        kind, header_bytes, data_bytes = _lengths(await reader.readexactly(_LENGTHS.size))
        body = await reader.readexactly(header_bytes + data_bytes)
    except (EOFError, ConnectionError):
        return None
    return _message(kind, body[:header_bytes], body[header_bytes:])


def _lengths(start: bytes) -> tuple[bytes, int, int]:
    kind, header_bytes, data_bytes = _LENGTHS.unpack(start)
    if header_bytes > _MAX_HEADER_BYTES or data_bytes > MAX_UNIT_BYTES:
        raise BadInput(f"a message of a transcoder's pipe has {header_bytes} + {data_bytes} bytes")
    return kind, header_bytes, data_bytes


def _message(kind: bytes, header: bytes, data: bytes) -> Message:
    if kind == _UNIT:
        return read(header, data).unit
    if kind == _SETTLED and len(header) == _TAKEN.size:
        return Settled(_TAKEN.unpack(header)[0], data.decode(errors="replace"))
    if kind == _KEY_WANTED:
        return KeyWanted()
    if kind == _FINISH:
        return Finish()
    if kind == _READY:
        return Ready()
    raise BadInput(f"a message of a transcoder's pipe is of kind {kind!r}")
