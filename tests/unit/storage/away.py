"""An object store that can be away, and whoever looks after the spool meanwhile."""

import errno
from collections.abc import Callable, Sequence
from typing import BinaryIO

from storage.lifecycle.compose import compose_spool_keeper
from storage.lifecycle.refusals import Ground
from storage.lifecycle.waiting import SpoolKeeper
from storage.objects.locks import Locks
from storage.objects.notes import Notes
from storage.objects.store import MOST_KEYS, StoreAway, StoredObject
from tests.support.memory_store import MemoryStore
from tests.unit.storage.workshop import Workshop


class AwayStore:
    """A store in memory on a machine that does not answer while `down`."""

    def __init__(self) -> None:
        self.down = False
        self.kept = MemoryStore(None)

    @property
    def notes(self) -> Notes:
        return AwayNotes(self)

    @property
    def locks(self) -> Locks:
        self.answer()
        return self.kept.locks

    def put(self, key: str, source: BinaryIO) -> None:
        self.answer()
        self.kept.put(key, source)

    def find(self, key: str) -> StoredObject | None:
        self.answer()
        return self.kept.find(key)

    def read(self, key: str, offset: int, size: int, *, once: bool = False) -> bytes:
        self.answer()
        return self.kept.read(key, offset, size, once=once)

    def remove(self, key: str) -> bool:
        self.answer()
        return self.kept.remove(key)

    def keys(self, prefix: str = "", *, after: str = "", most: int = MOST_KEYS) -> list[str]:
        self.answer()
        return self.kept.keys(prefix, after=after, most=most)

    def groups(self, prefix: str = "") -> list[str]:
        self.answer()
        return self.kept.groups(prefix)

    def answer(self) -> None:
        if self.down:
            raise StoreAway(errno.ETIMEDOUT, "the object store does not answer in time")


class AwayNotes:
    """Its notes."""

    def __init__(self, store: AwayStore) -> None:
        self._store = store

    def write(self, name: str, data: bytes) -> None:
        self._store.answer()
        self._store.kept.notes.write(name, data)

    def make(self, name: str, data: bytes) -> bytes:
        self._store.answer()
        return self._store.kept.notes.make(name, data)

    def read(self, name: str) -> bytes | None:
        self._store.answer()
        return self._store.kept.notes.read(name)

    def remove(self, name: str) -> None:
        self._store.answer()
        self._store.kept.notes.remove(name)

    def names(self, folder: str) -> list[str]:
        self._store.answer()
        return self._store.kept.notes.names(folder)


def spool_keeper(
    shop: Workshop,
    *,
    limit_bytes: int,
    grounds: Sequence[Ground] = (),
    short_bytes: Callable[[], int] = lambda: 0,
) -> SpoolKeeper:
    """As the service has it."""
    usual = [shop.end.keeper.reason_to_refuse, shop.end.reconciliation.reason_to_refuse]
    return compose_spool_keeper(
        shop.archive,
        shop.finisher.health,
        [*usual, *grounds],
        shop.clock,
        limit_bytes=limit_bytes,
        copies=(shop.sweep.sweep_once, shop.left_overs.sweep_once),
        short_bytes=short_bytes,
    )
