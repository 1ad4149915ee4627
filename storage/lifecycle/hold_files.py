"""Holds as files beside the objects they keep: an index that is lost or older does not lose them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from shared.causes import cause_of
from shared.errors import BadInput, Unavailable
from shared.messages.codec import decode, encode
from shared.reasons import why
from storage.index.holds import Hold
from storage.objects.disk import Disk
from storage.objects.folder import FolderStore
from storage.objects.small_file import remove_small, write_small

_FOLDER = ".holds"


@dataclass(frozen=True, slots=True)
class FoundHolds:
    """The holds that could be read, and the names of files that could not."""

    holds: tuple[Hold, ...]
    unreadable: tuple[str, ...]


class HoldFiles:
    """One file a hold and stream. Blocking: call it in a thread. Every failure is Unavailable."""

    def __init__(self, store: FolderStore, disk: Disk) -> None:
        self._store = store
        self._folder = store.root / _FOLDER
        self._disk = disk

    def write(self, holds: Sequence[Hold]) -> None:
        """Make these holds last; when this returns they survive a power cut."""
        self._store.require()
        try:
            if not self._folder.exists():
                self._folder.mkdir()
                self._disk.sync(self._store.root)
            for hold in holds:
                write_small(self._disk, self._folder / _name(hold), encode(hold).decode())
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
        self._store.require()
        try:
            for path in self._folder.glob(f"{_digest(id)}-*.json"):
                remove_small(self._disk, path)
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
        self._store.require()
        holds: list[Hold] = []
        unreadable: list[str] = []
        try:
            for path in sorted(self._folder.glob("*.json")):
                hold = _read(path)
                if hold is None:
                    unreadable.append(f"{_FOLDER}/{path.name}")
                else:
                    holds.append(hold)
        except OSError as error:
            raise Unavailable(
                why(
                    "holds-disk",
                    "the holds beside the objects cannot be read: {cause}",
                    cause=cause_of(error),
                )
            ) from error
        return FoundHolds(tuple(holds), tuple(unreadable))


def _read(path: Path) -> Hold | None:
    try:
        hold = decode(Hold, path.read_bytes())
    except BadInput:
        return None
    return hold if _name(hold) == path.name else None


def _name(hold: Hold) -> str:
    return f"{_digest(hold.id)}-{_digest(hold.stream)}.json"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]
