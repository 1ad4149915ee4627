"""Somebody signed in, as one request comes from them."""

from dataclasses import dataclass

from control_room.db.orders import Behalf
from control_room.model import Deed, Outcome, Person
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
    def behalf(self) -> Behalf:
        return Behalf(self.person.id, self.session)

    def deed(
        self,
        action: str,
        outcome: Outcome = Outcome.DONE,
        *,
        commune: str = "",
        camera: str = "",
        resource: str = "",
        detail: Reason | None = None,
        motive: str = "",
    ) -> Deed:
        """A deed of theirs, for the journal.

        `detail` has a code, because people read the journal in their own language.
        """
        return Deed(
            action=action,
            outcome=outcome,
            who=self.person.id,
            login=self.person.login,
            kind=self.person.kind,
            session=self.session,
            client=self.client,
            commune=commune,
            camera=camera,
            resource=resource,
            motive=motive,
        ).telling(detail or "", outcome)


def mere_name(name: str) -> Reason:
    """Of a deed's detail that is the name of what it is about, and nothing to translate."""
    return why("named", "{name}", name=name)
