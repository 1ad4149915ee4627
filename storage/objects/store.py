"""The object store as a port: what storage asks of whatever keeps finished segments."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Protocol

from storage.objects.locks import Locks
from storage.objects.notes import Notes

_SUFFIX = b".mp4"
MOST_KEYS = 1000
"""What `keys` gives at once, unless fewer or more are asked for."""

_DAY_KEYS = 5000
_LONGEST_KEY = 1000
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a store says of an object without reading it; `written_ns` is the UTC of its last byte."""

    size: int
    written_ns: int


class StoreAway(ConnectionError):
    """The store as a whole does not do what it is asked: nothing is said of the object that was asked for."""


class ObjectStore(Protocol):
    """Keeps objects by key, each written once and removed once. Every call blocks: make it in a thread.

    A key is plain text that `is_key` accepts; any other raises ValueError before anything is touched. An
    object that is not there raises FileNotFoundError. What else goes wrong is another OSError: the disk's, or
    StoreAway where the store is on another machine.
    """

    @property
    def notes(self) -> Notes:
        """The small texts beside the objects."""
        ...

    @property
    def locks(self) -> Locks:
        """What keeps an object from being removed, where the store has it."""
        ...

    def put(self, key: str, source: BinaryIO) -> None:
        """Store what `source` gives from where it stands to its end: whole or not at all, lasting on return.

        An object that is there already is kept, is lasting too, and FileExistsError is raised. Raises
        Unavailable where this is no store. Where `source` is a file, the store may share its bytes instead of
        copying them: they must not change any more.
        """
        ...

    def find(self, key: str) -> StoredObject | None:
        """What there is of an object, None where there is none."""
        ...

    def read(self, key: str, offset: int, size: int, *, once: bool = False) -> bytes:
        """`size` bytes from `offset`, fewer only at the end of the object.

        With `once` the caller says that nobody reads these bytes again soon: they need no room in memory.
        """
        ...

    def remove(self, key: str) -> bool:
        """Remove an object for good, with all that the store keeps of it; False where there was none.

        Raises PermissionError where it is locked.
        """
        ...

    def keys(self, prefix: str = "", *, after: str = "", most: int = MOST_KEYS) -> list[str]:
        """The first `most` keys that begin with `prefix` and come after `after`, in the order of their text.

        What is put or removed meanwhile may be among them or not.
        """
        ...

    def groups(self, prefix: str = "") -> list[str]:
        """What keys go on with after `prefix`, up to and with their next "/", each once and in order.

        `prefix` is empty or ends with "/", any other raises ValueError; each group begins with it. A group
        without objects may be among them.
        """
        ...


@lru_cache(maxsize=1000)
def is_key(text: str) -> bool:
    """Whether a text may be an object's key: names parted by "/", of which only the last ends in ".mp4"."""
    try:
        # As the file system has it: a name that is no text is still a name.
        coded = text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False
    *folders, name = coded.split(b"/")
    return (
        len(coded) <= _LONGEST_KEY
        and name.endswith(_SUFFIX)
        and not any(folder.endswith(_SUFFIX) for folder in folders)
        and all(_is_name(one) for one in (*folders, name))
    )


def is_group(text: str) -> bool:
    """Whether keys may begin with a text that is empty or ends with "/"."""
    return not text or (text.endswith("/") and is_key(f"{text}0.mp4"))


def require_key(text: str) -> None:
    """Raise ValueError where a text is no key."""
    if not is_key(text):
        raise ValueError(f"{text!r} is not an object key")


def require_group(text: str) -> None:
    """Raise ValueError where no key can begin with a text."""
    if not is_group(text):
        raise ValueError(f"{text!r} is not the beginning of object keys")


def newest_keys(store: ObjectStore) -> list[str]:
    """The newest object of each stream, found without asking for every key. Raises OSError. Blocking.

    Streams are the groups of the third rank, beginning with a commune's digits; days are those of the fourth.
    """
    newest = []
    for commune in store.groups():
        if not commune[0].isdecimal():
            continue
        for camera in store.groups(commune):
            for stream in store.groups(camera):
                newest += _newest_of(store, store.groups(stream))
    return newest


def _newest_of(store: ObjectStore, days: Sequence[str]) -> list[str]:
    for day in reversed(days):
        newest: list[str] = []
        batch = store.keys(day, most=_DAY_KEYS)
        while batch:
            newest = batch[-1:]
            batch = store.keys(day, after=newest[0], most=_DAY_KEYS) if len(batch) == _DAY_KEYS else []
        if newest:
            return newest
    return []


def _is_name(coded: bytes) -> bool:
    return 0 < len(coded) <= _LONGEST_NAME and not coded.startswith(b".") and b"\0" not in coded
