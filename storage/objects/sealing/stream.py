"""The bytes of a sealed object: Tink's AES256-GCM-HKDF streaming format, whose ranges can be opened alone.

An object is `MAGIC`, the id of its data key, and a stream of that format with HKDF-SHA256 and segments of
64 KiB. Its associated data is the object's key: under another name nothing opens. Each segment's nonce has
its number and whether it is the last, so that none can be moved, left out, repeated or cut off.
"""

import hashlib
import hmac
import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAGIC = b"beffroi-sealed-1"
ID_BYTES = 16
SEGMENT_BYTES = 64 << 10
_SALT, _PREFIX, _TAG = 32, 7, 16
_HEADER_BYTES = 1 + _SALT + _PREFIX
_ROOM = SEGMENT_BYTES - _TAG
_STREAM_AT = len(MAGIC) + ID_BYTES
HEAD_BYTES = _STREAM_AT + _HEADER_BYTES
"""What stands before the first sealed byte of an object."""

_CHUNK = 1 << 20
_LONG_BYTES = 16 << 20
"""What is shorter goes to a bucket at once: hashing it first would cost four times what sealing does."""


class Broken(ValueError):
    """The bytes are not those that were sealed under this name by this key."""


@dataclass(frozen=True, slots=True)
class Head:
    """How an object of `size` bytes in the clear is sealed; `key_id` names its data key."""

    key_id: bytes
    header: bytes
    size: int

    @property
    def last(self) -> int:
        """The number of its last segment."""
        return max(0, self.size + _HEADER_BYTES - 1) // _ROOM


def head_of(start: bytes, sealed_size: int) -> Head | None:
    """The head of an object by its first HEAD_BYTES; None where it is not sealed. Raises Broken."""
    if not start.startswith(MAGIC):
        return None
    stream = sealed_size - _STREAM_AT
    count = -(-stream // SEGMENT_BYTES)
    header = start[_STREAM_AT:HEAD_BYTES]
    size = stream - _HEADER_BYTES - count * _TAG
    head = Head(start[len(MAGIC) : _STREAM_AT], header, size)
    if size < 0 or header[0] != _HEADER_BYTES or head.last != count - 1:
        raise Broken("it is cut, or was not sealed here")
    return head


class Opener:
    """Opens segments of one object."""

    def __init__(self, data_key: bytes, name: str, head: Head) -> None:
        self.head = head
        self._segments = _Segments(data_key, name, head.header)

    def numbers(self, offset: int, size: int) -> range:
        """The segments that a range needs. One that reaches the end needs the last, which tells the end."""
        end = min(offset + size, self.head.size)
        first = (min(offset, end) + _HEADER_BYTES) // _ROOM
        if offset + size >= self.head.size:
            return range(min(first, self.head.last), self.head.last + 1)
        return range(first, (max(end, offset + 1) - 1 + _HEADER_BYTES) // _ROOM + 1)

    def place(self, numbers: range) -> tuple[int, int]:
        """Where these segments are in the object as it is stored: offset and size, which may be too large."""
        at = 0 if numbers.start == 0 else _STREAM_AT + numbers.start * SEGMENT_BYTES
        return at, _STREAM_AT + numbers.stop * SEGMENT_BYTES - at

    def open(self, numbers: range, stored: bytes) -> list[bytes]:
        """What is in these segments, given the bytes of their place. Raises Broken."""
        view = memoryview(stored)[HEAD_BYTES if numbers.start == 0 else 0 :]
        opened = []
        for number in numbers:
            length = SEGMENT_BYTES - (_HEADER_BYTES if number == 0 else 0)
            opened.append(self._segments.open(number, number == self.head.last, view[:length]))
            view = view[length:]
        return opened

    def cut(self, opened: list[bytes], numbers: range, offset: int, size: int) -> bytes:
        """The range of what these segments have in them."""
        whole = opened[0] if len(opened) == 1 else b"".join(opened)
        start = offset - max(0, numbers.start * _ROOM - _HEADER_BYTES)
        return whole[start : start + size]


def sealed(data_key: bytes, key_id: bytes, name: str, source: BinaryIO) -> BinaryIO:
    """What `source` gives, sealed, from where it stands to its end.

    The same bytes of a long file under the same name and key give the same sealed bytes: an upload in parts
    can be gone on with. All else is under a derived key of its own.
    """
    header = bytes([_HEADER_BYTES]) + _salt(data_key, name, source)
    return io.BufferedReader(_Sealing(data_key, key_id, name, header, source), SEGMENT_BYTES)


class _Segments:
    def __init__(self, data_key: bytes, name: str, header: bytes) -> None:
        salt, self._prefix = header[1 : 1 + _SALT], header[1 + _SALT :]
        derived = HKDF(SHA256(), 32, salt, _coded(name)).derive(data_key)
        self._cipher = AESGCM(derived)

    def seal(self, number: int, last: bool, data: bytes) -> bytes:
        return self._cipher.encrypt(self._nonce(number, last), data, None)

    def open(self, number: int, last: bool, data: memoryview) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(number, last), data, None)
        except (InvalidTag, ValueError) as error:
            raise Broken("its bytes have changed") from error

    def _nonce(self, number: int, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4, "big") + bytes([last])


class _Sealing(io.RawIOBase):
    """Reads as the sealed form of a source."""

    def __init__(self, data_key: bytes, key_id: bytes, name: str, header: bytes, source: BinaryIO) -> None:
        self._segments = _Segments(data_key, name, header)
        self._source = source
        self._pieces = self._sealed(MAGIC + key_id + header)
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        if not self._piece:
            self._piece = memoryview(next(self._pieces, b""))
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._piece))
        target[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count

    def _sealed(self, head: bytes) -> Iterator[bytes]:
        yield head
        number, data = 0, _filled(self._source, _ROOM - _HEADER_BYTES)
        while True:
            after = _filled(self._source, _ROOM) if len(data) >= _ROOM - _HEADER_BYTES else b""
            yield self._segments.seal(number, not after, data)
            if not after:
                return
            number, data = number + 1, after


def _salt(data_key: bytes, name: str, source: BinaryIO) -> bytes:
    """Salt and beginning of the nonces: of the bytes themselves where they are long and can be read twice."""
    if not source.seekable() or _left(source) < _LONG_BYTES:
        return secrets.token_bytes(_SALT + _PREFIX)
    at, digest = source.tell(), hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
    source.seek(at)
    own = hmac.digest(data_key, b"beffroi: salt of a sealed object", "sha256")
    return hmac.digest(own, _coded(name) + b"\0" + digest.digest(), "sha512")[: _SALT + _PREFIX]


def _left(source: BinaryIO) -> int:
    at = source.tell()
    end = source.seek(0, io.SEEK_END)
    source.seek(at)
    return end - at


def _coded(name: str) -> bytes:
    return name.encode(errors="surrogateescape")


def _filled(source: BinaryIO, size: int) -> bytes:
    """`size` bytes of a source, fewer only at its end."""
    data = source.read(size)
    while 0 < len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data
