"""The register beside the objects: one note a head, so that a lost index does not lose what was destroyed."""

import zlib
from dataclasses import dataclass

from shared.causes import cause_of
from shared.errors import BadInput, Unavailable
from shared.evidence.ledger_news import LedgerUpdate
from shared.messages.codec import decode, encode
from shared.reasons import why
from storage.index.ledger import Register
from storage.objects.notes import Notes

_NAME = ".beffroi-ledger"
_A_FOLDER = 10_000
_MOST_BYTES = 64 << 20


def packed(update: LedgerUpdate) -> bytes:
    """An update as a note holds it."""
    return zlib.compress(encode(update))


def unpacked(data: bytes) -> LedgerUpdate:
    """The update of a note. Raises BadInput."""
    return decode(LedgerUpdate, json_of(data))


def json_of(data: bytes) -> bytes:
    """The JSON of the update that a note holds, as it is sent. Raises BadInput."""
    inflating = zlib.decompressobj()
    try:
        body = inflating.decompress(data, _MOST_BYTES)
    except zlib.error as error:
        raise BadInput("a note of the register cannot be read") from error
    if not inflating.eof:
        raise BadInput("a note of the register was cut, or is larger than one can be")
    return body


@dataclass(frozen=True, slots=True)
class LedgerNotes:
    """Blocking: call it in a thread. Every failure of the store is Unavailable."""

    notes: Notes

    def register(self) -> Register | None:
        """The register whose notes are here, None where none was begun or its note cannot be read."""
        data = self._read(_NAME)
        if data is None:
            return None
        try:
            return decode(Register, data)
        except BadInput:
            return None

    def begin(self, register: Register) -> None:
        """From here on the notes are those of this register; those of another stay where they are."""
        self._write(_NAME, encode(register))

    def forget(self) -> None:
        """There is no register any more; its notes stay where they are."""
        try:
            self.notes.remove(_NAME)
        except OSError as error:
            raise Unavailable(f"the register cannot be forgotten: {error.strerror or error}") from error

    def write(self, ledger: str, number: int, update: bytes) -> None:
        """Keep what a head has."""
        self._write(_note(ledger, number), update)

    def read(self, ledger: str, number: int) -> bytes | None:
        """What was written of a head, None where there is none."""
        return self._read(_note(ledger, number))

    def _write(self, name: str, data: bytes) -> None:
        try:
            self.notes.write(name, data)
        except OSError as error:
            cause = error.strerror or str(error)
            raise Unavailable(f"the register cannot be written beside the objects: {cause}") from error

    def _read(self, name: str) -> bytes | None:
        try:
            return self.notes.read(name)
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the store cannot be read: {cause}", cause=cause_of(error))
            ) from error


def _note(ledger: str, number: int) -> str:
    return f".ledger-{ledger[:16]}-{number // _A_FOLDER:05d}/{number:09d}"
