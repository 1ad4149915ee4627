"""Keeps holds as notes beside the objects: an index that is lost, or an older one, does not lose them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from shared.causes import cause_of
from shared.errors import BadInput, Unavailable
from shared.messages.codec import decode, encode
from shared.reasons import why
from storage.index.holds import Hold
from storage.objects.marker import require_store
from storage.objects.notes import Notes

_FOLDER = ".holds"


@dataclass(frozen=True, slots=True)
class FoundHolds:
    """The holds that could be read, and the names of files that could not."""

    holds: tuple[Hold, ...]
    unreadable: tuple[str, ...]


class HoldFiles:
    """Each hold has a note for each stream. Blocking: call it in a thread. Every failure is Unavailable."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def write(self, holds: Sequence[Hold]) -> None:
        """Make these holds last; when this returns they survive a power cut."""
        require_store(self._notes)
        try:
            for hold in holds:
                self._notes.write(_name(hold), encode(hold))
        except OSError as error:
            raise Unavailable(
                why(
                    "hold-disk",
                    "the hold cannot be written beside the objects: {cause}",
                    cause=cause_of(error),
                )
            ) from error

    def remove(self, id: str) -> None:
        """End a hold on every stream it keeps; an unknown one is no error."""
        require_store(self._notes)
        try:
            for name in self._names():
                if name.startswith(f"{_FOLDER}/{_digest(id)}-"):
                    self._notes.remove(name)
        except OSError as error:
            raise Unavailable(
                why(
                    "hold-disk-release",
                    "the file of the hold cannot be removed: {cause}",
                    cause=cause_of(error),
                )
            ) from error

    def all(self) -> FoundHolds:
        """Every hold there is a file of."""
        require_store(self._notes)
        holds: list[Hold] = []
        unreadable: list[str] = []
        try:
            for name in self._names():
                data = self._notes.read(name)
                hold = None if data is None else _parsed(name, data)
                if hold is not None:
                    holds.append(hold)
                elif data is not None:
                    unreadable.append(name)
        except OSError as error:
            raise Unavailable(
                why(
                    "holds-disk",
                    "the holds beside the objects cannot be read: {cause}",
                    cause=cause_of(error),
                )
            ) from error
        return FoundHolds(tuple(holds), tuple(unreadable))

    def _names(self) -> list[str]:
        return [name for name in self._notes.names(_FOLDER) if name.endswith(".json")]


def _parsed(name: str, data: bytes) -> Hold | None:
    try:
        hold = decode(Hold, data)
    except BadInput:
        return None
    return hold if _name(hold) == name else None


def _name(hold: Hold) -> str:
    return f"{_FOLDER}/{_digest(hold.id)}-{_digest(hold.stream)}.json"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]
