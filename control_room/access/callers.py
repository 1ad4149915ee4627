"""Somebody signed in, as one request comes from them."""

from dataclasses import dataclass

from control_room.db.orders import Behalf
from control_room.model.journal import Deed, Outcome
from control_room.model.people import Person
from shared.reasons import Reason


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
        detail: str | Reason = "",
        motive: str = "",
    ) -> Deed:
        """A deed of theirs, for the journal."""
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
        ).telling(detail, outcome)
