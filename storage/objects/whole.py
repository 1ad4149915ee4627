"""Whole objects as streams, and whole files."""

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from storage.objects.store import ObjectStore

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1 << 20


def whole(store: ObjectStore, key: str) -> BinaryIO:
    """An object from its beginning to its end. Reading raises OSError."""
    return io.BufferedReader(_Reading(store, key), _CHUNK)


def write_last(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; it survives a power cut. Raises OSError."""
    incoming = path.with_name(f"{path.name}.tmp")
    with incoming.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    incoming.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class _Reading(io.RawIOBase):
    """Reads an object once, from its beginning."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store = store
        self._key = key
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")
        data = self._store.read(self._key, self._at, len(target), once=True)
        target[: len(data)] = data
        self._at += len(data)
        return len(data)
