"""Where a decision on rights becomes an answer: a refusal that the journal has, or a `Grant` that it has."""

from collections.abc import Awaitable, Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import InitVar, dataclass

from control_room.access.callers import Caller
from control_room.access.rights import (
    LISTING,
    PLATFORM,
    Decision,
    Facts,
    Resource,
    Right,
    Verdict,
    communes,
    decide,
    where_allowed,
)
from control_room.db.engine import Database
from control_room.db.transaction import Transaction
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.territory import Camera
from control_room.model.times import utc_now
from shared import metrics
from shared.clock import Clock
from shared.errors import BeffroiError, Conflict, Forbidden, NotFound, Unauthenticated
from shared.reasons import why

_NONE = {
    "camera": why("no-camera", "there is no such camera"),
    "export": why("no-export", "there is no such export"),
    "hold": why("no-hold", "there is no such hold"),
    "requisition": why("no-requisition", "there is no such requisition"),
    "access-request": why("no-access-request", "there is no such access request"),
}
NOT_THEIRS = {
    "camera": why("no-camera-of-yours", "there is no such camera in your communes"),
    "export": why("no-export-of-yours", "there is no such export in your communes"),
    "hold": why("no-hold-of-yours", "there is no such hold in your communes"),
    "requisition": why("no-requisition-of-yours", "there is no such requisition in your communes"),
    "access-request": why("no-access-request-of-yours", "there is no such access request in your communes"),
}
_OWN_ACT = "second-person"
"""The reason of a refusal that tells of the caller's own act only: nobody learns of others by it."""
_KEPT = object()
"""Known to the gate alone: it tells that the journal has kept what a grant is for."""
Doing = Callable[[Transaction], Awaitable[None]]


def no_such(noun: str) -> NotFound:
    """What somebody of the whole platform is told of a thing that there is not."""
    return NotFound(_NONE[noun])


@dataclass(frozen=True, slots=True)
class Grant:
    """A right that somebody has used, with the events that the journal has of it: those granted, in order.

    Only `Gate.grant` makes one, once the transaction of the journal is kept. Raises TypeError for all others.
    """

    right: Right
    caller: Caller
    events: tuple[AuditEvent, ...]
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _KEPT:
            raise TypeError("a grant is made by the gate only")


class Gate:
    """Every use case passes here before it shows or changes anything."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._refusals = metrics.counter(
            "control_room_refusals_total", "Actions refused to people signed in", ["action"]
        )

    def decide(
        self,
        caller: Caller,
        right: Right,
        resource: Resource,
        camera: Camera | None = None,
        authors: frozenset[str] = frozenset(),
    ) -> Decision:
        """What is decided at this moment."""
        return decide(Facts(caller.person, resource, camera, authors), right, utc_now(self._clock))

    async def require(self, caller: Caller, right: Right, resource: Resource, *events: AuditEvent) -> None:
        """Return where `right` is allowed. Else journal the refusal and raise Forbidden.

        `events` are what would have been journaled; without them the refusal is told in one plain entry.
        """
        decision = self.decide(caller, right, resource)
        if not decision.allowed:
            commune = next(iter(resource.communes)) if len(resource.communes) == 1 else ""
            plain = caller.event(right, Outcome.REFUSED, commune=commune)
            await self.refuse(Forbidden(decision.reason), events or (plain,))

    async def refuse(self, error: BeffroiError, events: Iterable[AuditEvent]) -> None:
        """Journal events as refused, with the reason, and raise `error`."""
        refused = [event.telling(error.told, Outcome.REFUSED) for event in events]
        self._count(refused)
        async with self._db.write() as tx:
            await tx.journal.write(utc_now(self._clock), *refused)
        raise error

    async def territory(self, caller: Caller, right: Right) -> frozenset[str]:
        """The communes in which `right` is allowed, out of all there are."""
        async with self._db.read() as tx:
            codes = await tx.communes.codes()
        return where_allowed(caller.person, right, codes, utc_now(self._clock))

    async def camera(self, caller: Caller, right: Right, camera_id: str, motive: str = "") -> Camera:
        """A camera with which `right` is allowed.

        Raises as `reach` does, and Conflict where its pictures of now are asked for and may not be seen.
        """
        async with self._db.read() as tx:
            found = await tx.cameras.named([camera_id])
        if not found:
            await self.reach(caller, right, "camera", None, caller.event(right, motive=motive))
            raise no_such("camera")
        camera = found[0]
        event = caller.event(right, commune=camera.commune, camera=camera.id, motive=motive)
        await self.reach(caller, right, "camera", {camera.commune}, event, camera=camera)
        return camera

    async def reach(
        self,
        caller: Caller,
        right: Right,
        noun: str,
        codes: AbstractSet[str] | None,
        *events: AuditEvent,
        camera: Camera | None = None,
        authors: frozenset[str] = frozenset(),
    ) -> None:
        """Return where `right` is allowed with a thing of these communes, None for one there is not.

        Else journal the refusal and raise Forbidden: in the same words, after the same work, for a thing of
        others and for one there is not, so that nobody learns which ids others have.
        """
        decision = self.decide(caller, right, LISTING)
        if not decision.allowed:
            await self.refuse(Forbidden(decision.reason), events)
        resource = PLATFORM if codes is None else communes(*codes)
        decision = self.decide(caller, right, resource, camera, authors)
        if decision.reason.code == _OWN_ACT:
            await self.refuse(Forbidden(decision.reason), events)
        if decision.verdict is Verdict.DENIED:
            await self.refuse(Forbidden(NOT_THEIRS[noun]), events)
        if decision.verdict is Verdict.BLOCKED:
            await self.refuse(Conflict(decision.reason), events)

    async def grant(
        self, caller: Caller, right: Right, events: Iterable[AuditEvent], doing: Doing | None = None
    ) -> Grant:
        """Journal events, with what is written beside them, then give the grant. Raises as `note` does."""
        told = tuple(events)
        async with self._db.write() as tx:
            await self.note(tx, caller, *told)
            if doing is not None:
                await doing(tx)
        self._count(event for event in told if event.outcome is Outcome.REFUSED)
        granted = tuple(event for event in told if event.outcome is not Outcome.REFUSED)
        return Grant(right, caller, granted, _KEPT)

    async def note(self, tx: Transaction, caller: Caller, *events: AuditEvent) -> None:
        """Journal events in the transaction that does them, if the caller's rights are still the same.

        Raises Unauthenticated where they changed since the request came in: nothing opens on old rights.
        """
        person = await tx.people.get(caller.person.id)
        if person.rights_version != caller.person.rights_version:
            raise Unauthenticated(why("rights-changed", "your rights have just changed: sign in again"))
        await tx.journal.write(utc_now(self._clock), *events)

    def _count(self, refused: Iterable[AuditEvent]) -> None:
        for event in refused:
            self._refusals.labels(event.action).inc()
