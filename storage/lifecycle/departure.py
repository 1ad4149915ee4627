"""A commune that leaves: its footage and its keys go with it, and what is left here is destroyed, provably.

What it is given is an object store of its own, sealed as it lay here: `reindex` makes an index of it.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from shared.clock import Clock
from shared.errors import BadInput, Conflict, Unavailable
from shared.evidence.departure import DEPARTURE, ERASURE, OBJECTS
from shared.evidence.signature import EvidenceKey
from storage.lifecycle.archive import Archive
from storage.lifecycle.departure_grounds import refuse_departure
from storage.model.deadline import deadline_ns
from storage.model.segment import SegmentState
from storage.objects.marker import found_store, store_name
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.stream import MAGIC
from storage.objects.store import ObjectStore
from storage.objects.whole import whole, write_last
from storage.recording.survey import digest_of

_BEGUN = "erasure.begun"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Sealed:
    """A store as it lies, the same store opened, and its keys: None where nothing is sealed."""

    raw: ObjectStore
    store: ObjectStore
    keys: DataKeys | None


@dataclass(frozen=True, slots=True)
class Given:
    """An object that was handed over. `sha256` is of the recording, `stored_sha256` of its sealed form."""

    key: str
    size: int
    sha256: str
    stored_sha256: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class Departed:
    """What was handed over."""

    commune: str
    made: str
    objects: int
    objects_sha256: str
    in_the_clear: int
    commune_keys: tuple[str, ...]
    data_keys: dict[str, str] = field(default_factory=dict)


class Departure:
    """Run it while storage is stopped. Every step may be repeated after a crash."""

    def __init__(
        self, archive: Archive, here: Sealed, there: Sealed, folder: Path, evidence: EvidenceKey, clock: Clock
    ) -> None:
        """`there` is in `folder`, and empty or begun by a departure of the same commune."""
        self._archive = archive
        self._here = here
        self._there = there
        self._folder = folder
        self._evidence = evidence
        self._clock = clock

    async def hand_over(self, commune: str) -> Departed:
        """Copy, read all of it back, open it with the keys beside it, and sign what there is.

        Raises Conflict where something of the commune is not in the store yet, or has no row or other bytes
        than its row says; BeffroiError, OSError.
        """
        await asyncio.to_thread(self._give_keys, commune)
        digest, count, clear, now_ns = hashlib.sha256(), 0, 0, self._clock.utc_ns()
        with (self._folder / OBJECTS).open("wb") as lines:
            async for key in self._keys(commune):
                given = await asyncio.to_thread(self._give, key)
                row = await self._archive.rows.get(key)
                if row is None or row.sha256 != given.sha256:
                    raise Conflict(f"{key} is not what the index says of it: scrub and reindex first")
                if row.state is SegmentState.GARBAGE or deadline_ns(row.start_ns, row.days) <= now_ns:
                    raise Conflict(f"{key} is due: run storage until it is destroyed")
                line = json.dumps(asdict(given), sort_keys=True).encode() + b"\n"
                lines.write(line)
                digest.update(line)
                count, clear = count + 1, clear + (not given.sealed)
        keys = self._here.keys
        departed = Departed(
            commune,
            self._now(),
            count,
            digest.hexdigest(),
            clear,
            tuple(keys.ids(commune)) if keys is not None else (),
            await asyncio.to_thread(self._data_keys, commune),
        )
        self._sign(DEPARTURE, asdict(departed))
        return departed

    async def erase(self, commune: str) -> Path:
        """Destroy what is here of a commune that has all of it: its keys first. The signed proof of that.

        Raises Conflict where anything keeps footage of it here, or something here was not handed over.
        """
        departed = self._read(commune)
        await refuse_departure(self._archive, commune)
        await asyncio.to_thread(self._read_back, departed)
        await self._require_all_given(commune)
        write_last(self._folder / _BEGUN, b"")
        if self._here.keys is not None:
            # From here on nothing sealed can be opened here, whatever copies there are of it.
            await asyncio.to_thread(self._here.keys.forget, commune)
        given = self._given()
        while keys := [one.key for one in islice(given, _BATCH)]:
            await asyncio.to_thread(self._remove, keys)
            await self._archive.rows.depart(keys, self._clock.utc_ns())
        self._sign(
            ERASURE,
            {
                "commune": commune,
                "erased": self._now(),
                "commune_keys": departed.commune_keys,
                "data_keys": departed.data_keys,
                "objects": departed.objects,
                "objects_sha256": departed.objects_sha256,
                "never_sealed": departed.in_the_clear,
                "departure_sha256": hashlib.sha256((self._folder / DEPARTURE).read_bytes()).hexdigest(),
            },
        )
        return self._folder / ERASURE

    async def _require_all_given(self, commune: str) -> None:
        given = self._given()
        last = next(given, None)
        async for key in self._keys(commune):
            while last is not None and last.key < key:
                last = next(given, None)
            if last is None or last.key != key:
                raise Conflict(f"{key} was recorded since: hand over anew first")

    async def _keys(self, commune: str) -> AsyncIterator[str]:
        batch: list[str] = []
        while batch := await asyncio.to_thread(
            partial(self._here.raw.keys, f"{commune}/", after=batch[-1] if batch else "", most=_BATCH)
        ):
            for key in batch:
                yield key

    def _give_keys(self, commune: str) -> None:
        there, here = self._there, self._here
        for name in (ERASURE, _BEGUN):
            if (self._folder / name).exists():
                raise Conflict(f"commune {commune} is being erased, or was: {self._folder / name} is there")
        if store_name(there.raw.notes) is None:
            found_store(there.raw.notes, f"departure-{commune}")
        if here.keys is not None and there.keys is not None:
            here.keys.hand_over(commune, there.keys)

    def _give(self, key: str) -> Given:
        """Copy one object as it lies, and read it back. Raises Conflict where another lies there."""
        raw = self._there.raw
        with suppress(FileExistsError):
            raw.put(key, whole(self._here.raw, key))
        stored = digest_of(partial(self._here.raw.read, key, once=True))
        return self._checked(key, stored)

    def _checked(self, key: str, stored_sha256: str) -> Given:
        """An object that was given, read from there: its bytes as they lie, and opened by the keys there."""
        found = self._there.raw.find(key)
        if found is None:
            raise Conflict(f"{key} is not in {self._folder}")
        if digest_of(partial(self._there.raw.read, key, once=True)) != stored_sha256:
            raise Conflict(f"{key} in {self._folder} is not what lies here")
        sha256 = digest_of(partial(self._there.store.read, key, once=True))
        sealed = self._there.raw.read(key, 0, len(MAGIC)) == MAGIC
        return Given(key, found.size, sha256, stored_sha256, sealed)

    def _read_back(self, departed: Departed) -> None:
        with (self._folder / OBJECTS).open("rb") as lines:
            digest = hashlib.file_digest(lines, "sha256").hexdigest()
        if digest != departed.objects_sha256:
            raise Conflict(f"{OBJECTS} in {self._folder} was changed: hand over anew")
        for one in self._given():
            if self._checked(one.key, one.stored_sha256) != one:
                raise Conflict(f"{one.key} in {self._folder} is not what was handed over")

    def _given(self) -> Iterator[Given]:
        with (self._folder / OBJECTS).open("rb") as lines:
            for line in lines:
                yield Given(**json.loads(line))

    def _read(self, commune: str) -> Departed:
        try:
            text = (self._folder / DEPARTURE).read_bytes()
            signature = (self._folder / f"{DEPARTURE}.sig").read_bytes()
        except OSError as error:
            raise BadInput(f"{self._folder} has no departure in it: {error.strerror}") from error
        if not self._evidence.public.has_signed(text, signature):
            raise Conflict(f"{DEPARTURE} in {self._folder} was not signed here, or was changed since")
        told = json.loads(text)
        departed = Departed(**{**told, "commune_keys": tuple(told["commune_keys"])})
        if departed.commune != commune:
            raise Conflict(f"{self._folder} is the departure of commune {departed.commune}")
        return departed

    def _remove(self, keys: list[str]) -> None:
        for key in keys:
            try:
                self._here.raw.remove(key)
            except PermissionError as error:
                raise Unavailable(f"the store keeps {key} locked: run storage until it lets go") from error

    def _data_keys(self, commune: str) -> dict[str, str]:
        """The id of each data key of a commune, by what it is for."""
        keys, found = self._here.keys, dict[str, str]()
        for scope in keys.scopes(commune) if keys is not None else ():
            data_key = keys.for_reading(scope) if keys is not None else None
            if data_key is not None:
                found[str(scope)] = data_key.id
        return found

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock.utc_ns() // 10**9, UTC).isoformat()

    def _sign(self, name: str, told: object) -> None:
        text = json.dumps(told, sort_keys=True, indent=1).encode() + b"\n"
        for file, data in (
            (name, text),
            (f"{name}.sig", self._evidence.sign(text)),
            ("evidence-public.pem", self._evidence.public.pem()),
        ):
            write_last(self._folder / file, data)
