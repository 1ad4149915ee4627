"""Where a decision on rights becomes an answer: what is refused is journaled, then said."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, PLATFORM, Resource, Right, communes, decide, where_allowed
from control_room.counters import Counters
from control_room.db.engine import Database
from control_room.db.transaction import Transaction
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.territory import Camera
from control_room.model.times import utc_now
from shared.clock import Clock
from shared.errors import BeffroiError, Forbidden, NotFound, Unauthenticated
from shared.reasons import why

_NONE = {
    "camera": why("no-camera", "there is no such camera"),
    "export": why("no-export", "there is no such export"),
    "hold": why("no-hold", "there is no such hold"),
}
NOT_THEIRS = {
    "camera": why("no-camera-of-yours", "there is no such camera in your communes"),
    "export": why("no-export-of-yours", "there is no such export in your communes"),
    "hold": why("no-hold-of-yours", "there is no such hold in your communes"),
}


def no_such(noun: str) -> NotFound:
    """What somebody of the whole platform is told of a thing that there is not."""
    return NotFound(_NONE[noun])


class Gate:
    """Every route passes here before it shows or changes anything."""

    def __init__(self, db: Database, clock: Clock, counters: Counters) -> None:
        self._db = db
        self._counters = counters
        self._clock = clock

    async def require(self, caller: Caller, action: Right, resource: Resource, *events: AuditEvent) -> None:
        """Return where `action` is allowed. Else journal the refusal and raise Forbidden.

        `events` are what would have been journaled; without them the refusal is told in one plain entry.
        """
        decision = decide(caller.person, action, resource)
        if not decision.allowed:
            commune = next(iter(resource.communes)) if len(resource.communes) == 1 else ""
            await self.refuse(
                Forbidden(decision.reason),
                events or (caller.event(action, Outcome.REFUSED, commune=commune),),
            )

    async def refuse(self, error: BeffroiError, events: Iterable[AuditEvent]) -> None:
        """Journal events as refused, with the reason, and raise `error`."""
        refused = [event.telling(error.told, Outcome.REFUSED) for event in events]
        for event in refused:
            self._counters.refusals.labels(event.action).inc()
        async with self._db.write() as tx:
            await tx.journal.write(utc_now(self._clock), *refused)
        raise error

    async def territory(self, caller: Caller, action: Right) -> frozenset[str]:
        """The communes in which `action` is allowed, out of all there are."""
        async with self._db.read() as tx:
            return where_allowed(caller.person, action, await tx.communes.codes())

    async def camera(self, caller: Caller, action: Right, camera_id: str, motive: str = "") -> Camera:
        """A camera with which `action` is allowed. Raises as `reach` does."""
        async with self._db.read() as tx:
            found = await tx.cameras.named([camera_id])
        if not found:
            await self.reach(caller, action, "camera", None, caller.event(action, motive=motive))
            raise no_such("camera")
        camera = found[0]
        event = caller.event(action, commune=camera.commune, camera=camera.id, motive=motive)
        await self.reach(caller, action, "camera", {camera.commune}, event)
        return camera

    async def reach(
        self, caller: Caller, action: Right, noun: str, codes: AbstractSet[str] | None, *events: AuditEvent
    ) -> None:
        """Return where `action` is allowed with a thing of these communes, None for one there is not.

        Else journal the refusal and raise Forbidden: in the same words, after the same work, for a thing of
        others and for one there is not, so that nobody learns which ids others have.
        """
        decision = decide(caller.person, action, LISTING)
        if not decision.allowed:
            await self.refuse(Forbidden(decision.reason), events)
        resource = PLATFORM if codes is None else communes(*codes)
        if not decide(caller.person, action, resource).allowed:
            await self.refuse(Forbidden(NOT_THEIRS[noun]), events)

    async def grant(self, tx: Transaction, caller: Caller, *events: AuditEvent) -> None:
        """Journal events in the transaction that does them, if the caller's rights are still the same.

        Raises Unauthenticated where they changed since the request came in: nothing opens on old rights.
        """
        person = await tx.people.get(caller.person.id)
        if person.rights_version != caller.person.rights_version:
            raise Unauthenticated(why("rights-changed", "your rights have just changed: sign in again"))
        await tx.journal.write(utc_now(self._clock), *events)
