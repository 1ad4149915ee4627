"""Keeps the last trusted time beside the objects, and refuses destruction while the clock is disputed."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import BadInput, BeffroiError, Conflict, Unavailable
from shared.log import get_logger
from shared.messages.codec import decode, encode
from shared.messages.storage import ClockConfirmed
from shared.reasons import Reason, why
from storage.lifecycle.clock_trust import (
    NOTHING_EXCUSED,
    TOLERANCE_NS,
    Disputed,
    Evidence,
    Excused,
    Trusted,
    disagreements,
    trust,
)
from storage.model.instants import ns_from_datetime, text_from_ns
from storage.objects.boot import Boot
from storage.objects.marker import store_name
from storage.objects.notes import Notes
from storage.objects.store import ObjectStore, StoreAway, newest_keys

_NOTE = ".beffroi-clock"
_WRITE_EVERY_NS = 60 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class LastTrusted:
    """A time that was trusted, and how long the machine had run then."""

    utc_ns: int
    boot_id: str
    boot_ns: int
    excused: Excused = NOTHING_EXCUSED
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Others' UTC now: control_room's, None where it has not been heard, and each camera's."""

    control_room_ns: Callable[[], int | None]
    cameras_ns: Callable[[], Sequence[int]]


class ClockKeeper:
    """Once trusted, time is carried by the machine's own run: small steps of the wall clock do not add up."""

    def __init__(
        self,
        store: ObjectStore,
        clock: Clock,
        boot: Boot,
        witnesses: Witnesses,
        notes: Notes | None = None,
        *,
        shared: bool = False,
    ) -> None:
        """`notes` keep the time, where those of the store cannot always be had. Where they are `shared`
        another process may have written them since: a person's word to it counts here too."""
        self._shared = shared
        self._store = store
        self._notes = store.notes if notes is None else notes
        self._clock = clock
        self._boot = boot
        self._witnesses = witnesses
        self._store_name: str | None = None
        self._last: LastTrusted | None = None
        self._newest_ns: int | None = None
        self._written_ns: int | None = None
        self._disputed = False
        self._turn = asyncio.Lock()
        self._log = get_logger("storage")

    @property
    def disputed(self) -> bool:
        """Whether the clock was disputed when last asked."""
        return self._disputed

    async def reason_to_refuse(self) -> str | Reason | None:
        """Why, while the clock is disputed."""
        async with self._turn:
            try:
                await self._load()
            except BeffroiError as error:
                return error.told
            judged = trust(self._evidence())
            self._disputed = isinstance(judged, Disputed)
            match judged:
                case Disputed(reason):
                    return replace(
                        reason, text=f"{reason}: set it right, or confirm it by name in control_room"
                    )
                case Trusted():
                    await self._keep()
        return None

    async def confirm(self, word: ClockConfirmed) -> None:
        """A person says that the clock is right. Raises Conflict where it tells another time, Unavailable."""
        async with self._turn:
            await self._load()
            await self._confirm(word)

    async def _confirm(self, word: ClockConfirmed) -> None:
        wall_ns = self._clock.utc_ns()
        if abs(ns_from_datetime(word.utc, "utc") - wall_ns) > TOLERANCE_NS:
            raise Conflict(
                why(
                    "clock-other-time",
                    "storage's clock says {instant}: that is not the time confirmed",
                    instant=text_from_ns(wall_ns),
                )
            )
        disputed = trust(self._evidence())
        excused = disagreements(self._evidence())
        await self._write(replace(self._now(wall_ns), excused=excused, confirmed_by=word.by))
        reason = disputed.reason.text if isinstance(disputed, Disputed) else ""
        self._log.warning("clock-confirmed", by=word.by, utc=text_from_ns(wall_ns), disputed=reason)

    async def _load(self) -> None:
        """Read what this store knows of the time; again where another store lies in the folder now.

        While the store is away what is known holds: nothing in it can be destroyed meanwhile.
        """
        try:
            name = await asyncio.to_thread(store_name, self._store.notes)
        except Unavailable as error:
            if not isinstance(error.__cause__, StoreAway):
                raise
            if self._last is None:
                with suppress(OSError):
                    self._last = await asyncio.to_thread(self._said)
            if self._last is None:
                raise
            return
        if name is None:
            raise Unavailable(
                why("store-unmarked", "the object store's folder has no marker: is its disk mounted?")
            )
        if name != self._store_name:
            self._last, self._newest_ns = await asyncio.to_thread(self._read)
            self._store_name, self._written_ns = name, None
        elif self._shared:
            with suppress(OSError):
                self._last = await asyncio.to_thread(self._said) or self._last

    def _evidence(self) -> Evidence:
        boot, last = self._boot(), self._last
        carried_ns = None
        if last is not None and boot.id and last.boot_id == boot.id:
            carried_ns = last.utc_ns + boot.ns - last.boot_ns
        return Evidence(
            wall_ns=self._clock.utc_ns(),
            carried_ns=carried_ns,
            trusted_ns=None if last is None else last.utc_ns,
            newest_object_ns=self._newest_ns,
            control_room_ns=self._witnesses.control_room_ns(),
            cameras_ns=tuple(self._witnesses.cameras_ns()),
            excused=NOTHING_EXCUSED if last is None else last.excused,
        )

    async def _keep(self) -> None:
        """Carry the trusted time on; write it down once a minute."""
        evidence, now_ns = self._evidence(), self._clock.monotonic_ns()
        if self._written_ns is not None and now_ns - self._written_ns < _WRITE_EVERY_NS:
            return
        utc_ns = evidence.wall_ns if evidence.carried_ns is None else evidence.carried_ns
        by = "" if self._last is None else self._last.confirmed_by
        last = replace(self._now(utc_ns), excused=evidence.excused, confirmed_by=by)
        try:
            await self._write(last)
        except Unavailable as error:
            # A full disk must not keep retention from making room: an older time only refuses sooner.
            self._log.warning("trusted-time-not-kept", reason=error.detail)
            self._last, self._written_ns = last, now_ns

    def _now(self, utc_ns: int) -> LastTrusted:
        boot = self._boot()
        return LastTrusted(utc_ns, boot.id, boot.ns)

    async def _write(self, last: LastTrusted) -> None:
        try:
            await asyncio.to_thread(self._notes.write, _NOTE, encode(last))
        except OSError as error:
            raise Unavailable(f"the trusted time cannot be written down: {error.strerror}") from error
        self._last, self._written_ns = last, self._clock.monotonic_ns()

    def _read(self) -> tuple[LastTrusted | None, int | None]:
        """What the note says, and the time of the newest object. Blocking."""
        try:
            said = self._said()
            return said, max((ns for ns in map(_start_ns, newest_keys(self._store)) if ns), default=None)
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error

    def _said(self) -> LastTrusted | None:
        """What the note says. Raises OSError. Blocking."""
        said = self._notes.read(_NOTE)
        try:
            return None if said is None else decode(LastTrusted, said)
        except BadInput:
            self._log.error("trusted-time-unreadable", file=_NOTE)
            return None


def _start_ns(key: str) -> int | None:
    """The instant in an object's name, None where it has none."""
    stamp = key.rpartition("/")[2].partition("Z-")[0]
    try:
        return (
            int(datetime.strptime(stamp, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC).timestamp()) * 1_000_000_000
        )
    except ValueError:
        return None
