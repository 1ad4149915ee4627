"""An object store and its notes in memory, held to the promises of the ports."""

import errno
import os
import threading
from collections.abc import Mapping
from itertools import islice
from typing import BinaryIO

from storage.objects.locks import LockKind
from storage.objects.marker import found_store, require_store
from storage.objects.notes import require_note
from storage.objects.store import MOST_KEYS, StoredObject, require_group, require_key

_CHUNK = 1 << 20


class MemoryNotes:
    """Notes that end with the test."""

    def __init__(self) -> None:
        self._notes: dict[str, bytes] = {}

    def write(self, name: str, data: bytes) -> None:
        require_note(name)
        self._notes[name] = data

    def make(self, name: str, data: bytes) -> bytes:
        require_note(name)
        return self._notes.setdefault(name, data)

    def read(self, name: str) -> bytes | None:
        require_note(name)
        return self._notes.get(name)

    def remove(self, name: str) -> None:
        require_note(name)
        self._notes.pop(name, None)

    def names(self, folder: str) -> list[str]:
        require_note(folder)
        return sorted(name for name in self._notes if name.startswith(f"{folder}/"))


class MemoryLocks:
    """Locks that end with the test."""

    def __init__(self, objects: Mapping[str, object]) -> None:
        self._objects = objects
        self._locked: set[str] = set()

    def kind(self) -> LockKind:
        return LockKind.LEGAL_HOLD

    def lock(self, key: str) -> None:
        self._require(key)
        self._locked.add(key)

    def unlock(self, key: str) -> None:
        self._require(key)
        self._locked.discard(key)

    def locked(self, key: str) -> bool:
        self._require(key)
        return key in self._locked

    def _require(self, key: str) -> None:
        require_key(key)
        if key not in self._objects:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)


class MemoryStore:
    """Objects that end with the test; the newest has the highest `written_ns`."""

    def __init__(self, name: str | None = "memory") -> None:
        self.notes = MemoryNotes()
        self._objects: dict[str, tuple[bytes, int]] = {}
        self.locks = MemoryLocks(self._objects)
        self._turn = threading.Lock()
        self._puts = 0
        if name is not None:
            found_store(self.notes, name)

    def put(self, key: str, source: BinaryIO) -> None:
        require_key(key)
        require_store(self.notes)
        data = b"".join(iter(lambda: source.read(_CHUNK), b""))
        with self._turn:
            if key in self._objects:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), key)
            self._puts += 1
            self._objects[key] = data, self._puts

    def find(self, key: str) -> StoredObject | None:
        require_key(key)
        found = self._objects.get(key)
        return None if found is None else StoredObject(len(found[0]), found[1])

    def read(self, key: str, offset: int, size: int, *, once: bool = False) -> bytes:
        require_key(key)
        if offset < 0 or size < 0:
            raise ValueError(f"{size} bytes from {offset} are no range")
        if key not in self._objects:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)
        return self._objects[key][0][offset : offset + size]

    def remove(self, key: str) -> bool:
        require_key(key)
        if key in self._objects and self.locks.locked(key):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), key)
        return self._objects.pop(key, None) is not None

    def keys(self, prefix: str = "", *, after: str = "", most: int = MOST_KEYS) -> list[str]:
        found = (key for key in sorted(self._objects) if key.startswith(prefix) and key > after)
        return list(islice(found, most))

    def groups(self, prefix: str = "") -> list[str]:
        require_group(prefix)
        rests = (key.removeprefix(prefix) for key in self._objects if key.startswith(prefix))
        return sorted({f"{prefix}{rest.partition('/')[0]}/" for rest in rests if "/" in rest})
