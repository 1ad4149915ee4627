"""Compares objects with rows, and their bytes with what rows say of them, slowly and for ever."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import Unavailable
from shared.log import get_logger
from shared.reasons import why
from storage.index.marks import Marks
from storage.index.segments import SegmentRows
from storage.index.walk import Walk
from storage.lifecycle.bond import StoreBond
from storage.metrics import ScrubMetrics
from storage.objects.marker import store_name
from storage.objects.store import ObjectStore, StoreAway
from storage.recording.survey import read_object

_PAUSE_S = 1.0
_SHORTEST_S = 0.0001
_ROWS = 500
_KEYS = 1500
_NAMED = 1000
_CHUNK = 1 << 20
_MARK_EVERY_NS = 10_000_000_000
"""How often it is written down how far the bytes are: a restart hashes that much anew."""
_CURSOR, _HASHED_AT, _DAMAGED = "scrub-cursor", "scrub-hashed-at", "scrub-damaged"


class Fault(StrEnum):
    """What can be wrong with a segment that is finished."""

    UNLISTED = "unlisted"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    DAMAGED = "damaged"


_WORDS = {
    Fault.UNLISTED: "objects that the index does not know",
    Fault.UNREADABLE: "files among the objects that are no recording",
    Fault.MISSING: "recordings in the index whose object is gone",
    Fault.DAMAGED: "recordings whose bytes have changed",
}


@dataclass(slots=True)
class Found:
    """Keys by fault; beyond a thousand of each they are only counted."""

    keys: dict[Fault, dict[str, None]] = field(default_factory=lambda: {fault: {} for fault in Fault})
    more: dict[Fault, int] = field(default_factory=lambda: dict.fromkeys(Fault, 0))

    def add(self, fault: Fault, key: str) -> None:
        if len(self.keys[fault]) < _NAMED:
            self.keys[fault][key] = None
        else:
            self.more[fault] += 1

    def count(self, fault: Fault) -> int:
        return len(self.keys[fault]) + self.more[fault]

    @property
    def is_sound(self) -> bool:
        return not any(self.count(fault) for fault in Fault)


class Scrub:
    """Walks twice: over names (keys against rows, rows against keys), and over bytes (SHA-256 anew).

    Everything found is told; an object that the index lacks also breaks the bond. Nothing is changed here.
    `unreadable` takes the key of every object that neither the index nor anybody who reads it can name.
    """

    def __init__(
        self,
        rows: SegmentRows,
        walk: Walk,
        marks: Marks,
        store: ObjectStore,
        bond: StoreBond,
        clock: Clock,
        metrics: ScrubMetrics,
        *,
        bytes_per_s: int,
        unreadable: Callable[[str], Awaitable[object]] | None = None,
    ) -> None:
        self._rows = rows
        self._walk = walk
        self._marks = marks
        self._store = store
        self._bond = bond
        self._clock = clock
        self._metrics = metrics
        self._bytes_per_s = bytes_per_s
        self._unreadable = unreadable
        self._told = Found()
        self._damaged: dict[str, None] = {}
        # Before the first lap each is as old as this process.
        self._named_ns, self._hashed_ns = clock.monotonic_ns(), clock.utc_ns()
        self._log = get_logger("storage")

    def health(self) -> str | None:
        """The first kind of fault that was found, how often, and where first."""
        for fault in Fault:
            keys = self._damaged if fault is Fault.DAMAGED else self._told.keys[fault]
            if keys:
                count = len(keys) + self._told.more[fault]
                return f"{count} {_WORDS[fault]}, first {next(iter(keys))}"
        return None

    async def run_names(self) -> None:
        """Walk over names for ever. Raises Unavailable when the index does."""
        while True:
            await self.names(_PAUSE_S)
            await self._clock.sleep(_PAUSE_S)

    async def run_bytes(self) -> None:
        """Walk over bytes for ever, going on where the process before this one was."""
        self._damaged = dict.fromkeys((await self._marks.get(_DAMAGED) or "").split())
        self._hashed_ns = int(await self._marks.get(_HASHED_AT) or self._hashed_ns)
        while True:
            await self.bytes()
            await self._clock.sleep(_PAUSE_S)

    async def names(self, pause_s: float = 0.0) -> Found:
        """One lap over all names. Raises Unavailable where index or store does not answer."""
        found = Found()
        try:
            await self._compare(found, pause_s)
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error
        self._told, self._named_ns = found, self._clock.monotonic_ns()
        for fault in (Fault.UNLISTED, Fault.UNREADABLE, Fault.MISSING):
            self._metrics.faults.labels(fault).set(found.count(fault))
        self._measure()
        return found

    async def _compare(self, found: Found, pause_s: float) -> None:
        async for key in self._unlisted(pause_s):
            reason = await asyncio.to_thread(read_object, self._store, key)
            fault = Fault.UNREADABLE if isinstance(reason, str) else Fault.UNLISTED
            self._tell(found, fault, key)
            if fault is Fault.UNREADABLE and self._unreadable is not None:
                await self._unreadable(key)
            if fault is Fault.UNLISTED:
                await self._bond.broken(f"the index does not know the recording {key}")
        async for key in self._missing(pause_s):
            self._tell(found, Fault.MISSING, key)

    async def bytes(self) -> list[str]:
        """One lap over the bytes of all stored objects, no faster than was set; the keys of damaged ones."""
        key, damaged = await self._marks.get(_CURSOR) or "", dict.fromkeys(self._damaged)
        marked_ns = self._clock.monotonic_ns()
        while batch := await self._walk.stored_after(key, 1):
            key, sha256 = batch[0]
            damaged.pop(key, None)
            if await self._differs(key, sha256):
                self._log.error("object-damaged", key=key)
                damaged[key] = None
            if list(damaged) != list(self._damaged):
                await self._marks.set(_DAMAGED, "\n".join(list(damaged)[:_NAMED]))
            self._damaged = dict(damaged)
            self._metrics.faults.labels(Fault.DAMAGED).set(len(damaged))
            if self._clock.monotonic_ns() - marked_ns >= _MARK_EVERY_NS:
                marked_ns = self._clock.monotonic_ns()
                await self._marks.set(_CURSOR, key)
        self._hashed_ns = self._clock.utc_ns()
        await self._marks.set(_CURSOR, "")
        await self._marks.set(_HASHED_AT, str(self._hashed_ns))
        return list(self._damaged)

    async def _unlisted(self, pause_s: float) -> AsyncIterator[str]:
        """Objects that have no row, and are still there at a second look."""
        keys: list[str] = []
        while keys := await asyncio.to_thread(
            partial(self._store.keys, after=keys[-1] if keys else "", most=_KEYS)
        ):
            for first in range(0, len(keys), _ROWS):
                for key in await self._rows.unknown(keys[first : first + _ROWS]):
                    there = await asyncio.to_thread(self._store.find, key) is not None
                    if there and await self._rows.get(key) is None:
                        yield key
            await self._pause(pause_s)

    async def _missing(self, pause_s: float) -> AsyncIterator[str]:
        """Rows of stored objects that are not there, and still say so at a second look."""
        key = ""
        while batch := await self._walk.stored_after(key, _ROWS):
            key = batch[-1][0]
            for one in await asyncio.to_thread(self._absent, [row[0] for row in batch]):
                named = await asyncio.to_thread(store_name, self._store.notes) is not None
                if named and await self._walk.is_stored(one):
                    yield one
            await self._pause(pause_s)

    def _absent(self, keys: list[str]) -> list[str]:
        return [key for key in keys if self._store.find(key) is None]

    async def _differs(self, key: str, sha256: str) -> bool:
        """Whether an object's bytes are others than its row says. One that is gone differs in nothing."""
        digest, at = hashlib.sha256(), 0

        def more() -> int:
            chunk = self._store.read(key, at, _CHUNK, once=True)
            digest.update(chunk)
            return len(chunk)

        try:
            while size := await asyncio.to_thread(more):
                at += size
                await self._pause(size / self._bytes_per_s)
        except FileNotFoundError:
            return False
        except StoreAway as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error
        except OSError as error:
            self._log.error("object-unreadable", key=key, reason=error.strerror or str(error))
            return await self._walk.is_stored(key)
        return digest.hexdigest() != sha256 and await self._walk.is_stored(key)

    async def _pause(self, seconds: float) -> None:
        if seconds >= _SHORTEST_S:
            await self._clock.sleep(seconds)
            self._measure()

    def _tell(self, found: Found, fault: Fault, key: str) -> None:
        if not found.count(fault):
            self._log.error("scrub-found", fault=fault, first=key)
        found.add(fault, key)
        if len(self._told.keys[fault]) < _NAMED:
            self._told.keys[fault][key] = None

    def _measure(self) -> None:
        names_ns = self._clock.monotonic_ns() - self._named_ns
        self._metrics.age_s.labels("names").set(names_ns / 1e9)
        self._metrics.age_s.labels("bytes").set((self._clock.utc_ns() - self._hashed_ns) / 1e9)


async def scrubbed(scrub: Scrub) -> Found:
    """What one lap of both walks finds. Raises BeffroiError."""
    found = await scrub.names()
    for key in await scrub.bytes():
        found.add(Fault.DAMAGED, key)
    return found
