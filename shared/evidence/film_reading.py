"""Reads a film once, box by box: its hash, its seal, and whether the seal is of this very file."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from shared.errors import BadInput
from shared.evidence.film_seal import META, MOST_SEAL_BYTES, ReadSeal, read_seal, unsigned
from shared.evidence.seal_key import SealCertificate

_CHUNK = 1 << 20


class Stream(Protocol):
    """Gives up to `size` bytes, fewer at the end."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ReadFilm:
    """`certificate` is the fingerprint of the one that sealed it, None where no seal is of this very file."""

    sha256: str
    seal: ReadSeal | None
    certificate: str | None


@dataclass(frozen=True, slots=True)
class FilmBox:
    """A box on the level of the file: its head, and how many bytes follow that belong to it."""

    kind: bytes
    head: bytes
    rest: int


def read_film(stream: Stream) -> ReadFilm:
    """Whatever the bytes are, this ends in an answer."""
    whole = hashlib.sha256()
    signed: hashlib._Hash | None = None
    seal: ReadSeal | None = None
    for box in film_boxes(stream):
        before = whole.copy() if box.kind == META and seal is None and box.rest <= MOST_SEAL_BYTES else None
        whole.update(box.head)
        if before is None:
            if signed is not None:
                signed.update(box.head)
            for chunk in chunks(stream, box.rest):
                whole.update(chunk)
                if signed is not None:
                    signed.update(chunk)
            continue
        data = box.head + b"".join(chunks(stream, box.rest))
        whole.update(data[len(box.head) :])
        try:
            seal = read_seal(data)
        except BadInput:
            continue
        signed = before
        signed.update(unsigned(data, seal))
    digest = signed.digest() if signed is not None else b""
    return ReadFilm(whole.hexdigest(), seal, _signer(seal, digest))


def film_boxes(stream: Stream) -> Iterator[FilmBox]:
    """The boxes of a file; whoever asks for the next one has read the rest of the one before.

    What cannot be a box is told as one without a kind, up to the end of the file.
    """
    while head := _exactly(stream, 8):
        if len(head) < 8:
            yield FilmBox(b"", head, 0)
            return
        size, kind = struct.unpack(">I4s", head)
        if size == 1:
            head += _exactly(stream, 8)
            size = int.from_bytes(head[8:], "big") if len(head) == 16 else 0
        if size < len(head):
            yield FilmBox(b"", head, 1 << 62)
            return
        yield FilmBox(kind, head, size - len(head))


def chunks(stream: Stream, size: int) -> Iterator[bytes]:
    """The next `size` bytes, as far as there are so many."""
    while size and (chunk := stream.read(min(size, _CHUNK))):
        size -= len(chunk)
        yield chunk


def _exactly(stream: Stream, size: int) -> bytes:
    return b"".join(chunks(stream, size))


def _signer(seal: ReadSeal | None, digest: bytes) -> str | None:
    if seal is None:
        return None
    try:
        certificate = SealCertificate.from_der(seal.certificate)
    except BadInput:
        return None
    return certificate.fingerprint if certificate.has_signed(digest, seal.signature) else None
