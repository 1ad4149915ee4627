"""Somebody signed in, as one request comes from them."""

from dataclasses import dataclass

from control_room.access.rights import Right
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.people import Person, Principal
from shared.reasons import Reason, why


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, the public id of their session, the network address they ask from, and when the session ends
    at the latest (UTC seconds)."""

    person: Person
    session: str
    client: str
    until_s: int

    @property
    def principal(self) -> Principal:
        return Principal(self.person.id, self.session)

    def event(
        self,
        action: AuditAction | Right,
        outcome: Outcome = Outcome.DONE,
        *,
        commune: str = "",
        camera: str = "",
        resource: str = "",
        detail: Reason | None = None,
        motive: str = "",
    ) -> AuditEvent:
        """An event of theirs, for the journal; the use of a right is told under its name.

        `detail` has a code, because people read the journal in their own language.
        """
        return AuditEvent(
            action=AuditAction(action.value),
            outcome=outcome,
            who=self.person.id,
            login=self.person.login,
            kind=self.person.role,
            session=self.session,
            client=self.client,
            commune=commune,
            camera=camera,
            resource=resource,
            motive=motive,
        ).telling(detail or "", outcome)


def mere_name(name: str) -> Reason:
    """Of an event's detail that is the name of what it is about, and nothing to translate."""
    return why("named", "{name}", name=name)
