"""The bytes of a sealed file that grows at its end: blocks of AES-256-GCM under a key of the file's own.

A file is `MAGIC`, the length of an envelope, the envelope of its key under the commune's, and blocks. Each
block has its number and length in front, and its number as nonce: none can be changed, moved, repeated or
left out in the midst. Where the file ends nothing can say: it grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.objects.sealing.envelope import Key, unwrapped, wrapped

MAGIC = b"beffroi-growing1"
BLOCK_BYTES = 64 << 10
_LENGTH = Struct(">H")
_HEAD = Struct(">II")
_TAG = 16
_NONCE_BYTES = 12
_ENVELOPE_AT = len(MAGIC) + _LENGTH.size
MOST_HEAD = 2048
"""No head is as long."""


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block stands: `at` and `size` in the clear, `stored` and `end` in the file."""

    number: int
    at: int
    size: int
    stored: int

    @property
    def end(self) -> int:
        return self.stored + _HEAD.size + self.size + _TAG


class Growing:
    """Seals what is written to one file, in order."""

    def __init__(self, by: Key, name: str) -> None:
        made = Key.made()
        envelope = wrapped(made, by, bound(name))
        self.head = MAGIC + _LENGTH.pack(len(envelope)) + envelope
        self._cipher = AESGCM(made.secret)
        self._number = 0

    def seal(self, data: bytes | memoryview) -> bytes:
        """The next bytes of the file: one write of them loses no more when it is torn than it has in it."""
        view = memoryview(data)
        parts: list[bytes] = []
        for at in range(0, len(view), BLOCK_BYTES):
            piece = view[at : at + BLOCK_BYTES]
            parts += (
                _HEAD.pack(self._number, len(piece) + _TAG),
                self._cipher.encrypt(_nonce(self._number), piece, None),
            )
            self._number += 1
        return b"".join(parts)


class Grown:
    """Opens blocks of one file."""

    def __init__(self, key: Key) -> None:
        self._cipher = AESGCM(key.secret)

    def open(self, block: Block, stored: bytes) -> bytes | None:
        """What is in a block, given its bytes in the file; None where they are not those that were sealed."""
        try:
            return self._cipher.decrypt(_nonce(block.number), stored[_HEAD.size :], None)
        except InvalidTag:
            return None


def head_size(start: bytes) -> int | None:
    """How long the head of a sealed file is, by its first bytes; None where they are too few."""
    if len(start) < _ENVELOPE_AT:
        return None
    (length,) = _LENGTH.unpack_from(start, len(MAGIC))
    return _ENVELOPE_AT + int(length)


def is_sealed(start: bytes) -> bool:
    """Whether a file that begins so is sealed, even where it ends within its first bytes, or in zeros."""
    written = start[: len(MAGIC)].rstrip(b"\0")
    return bool(written) and MAGIC.startswith(written)


def key_of(head: bytes, by: Sequence[Key], name: str) -> Key:
    """The key of a file by its whole head. Raises WrongKey, BrokenEnvelope."""
    return unwrapped(head[_ENVELOPE_AT:], by, bound(name))


def block_at(head: bytes, number: int | None, at: int, stored: int) -> Block | None:
    """The block that should begin at `stored`, by the bytes there; None where none does, or another."""
    if len(head) < _HEAD.size:
        return None
    told, length = _HEAD.unpack_from(head)
    if told != (told if number is None else number) or not _TAG < length <= BLOCK_BYTES + _TAG:
        return None
    return Block(told, at, length - _TAG, stored)


BLOCK_HEAD_BYTES = _HEAD.size


def bound(name: str) -> str:
    """What the envelope of a file's key is good for."""
    return f"growing/{name}"


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")
