"""Requests of people who were filmed to see their images, as values (CSI L253-5, RGPD art. 15)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.errors import BadInput
from shared.reasons import why


class AccessStatus(StrEnum):
    """How a request stands; all but the first are its end."""

    OPEN = "open"
    REDACTED_COPY = "redacted-copy"
    DESTROYED = "destroyed"
    REFUSED = "refused"


class Ground(StrEnum):
    """On what an access may be refused."""

    STATE_SECURITY = "state-security"
    DEFENCE = "defence"
    PUBLIC_SECURITY = "public-security"
    PROCEDURES = "procedures"
    THIRD_PARTIES = "third-parties"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ended.

    A copy has the name of its package and the SHA-256 of that; a destruction the file that proves it; a
    refusal its ground. The rest is empty.
    """

    status: AccessStatus
    motive: str
    by: str
    at: datetime
    ground: Ground | None = None
    package: str = ""
    sha256: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Who asks for the images of [start, end) UTC of some cameras of a commune.

    `identity` is how it was known that it is them.
    """

    id: str
    commune: str
    person: str
    contact: str
    identity: str
    cameras: tuple[str, ...]
    start: datetime
    end: datetime
    received_at: datetime
    due_at: datetime
    entered_by: str
    ending: Ending | None = None

    @property
    def status(self) -> AccessStatus:
        return AccessStatus.OPEN if self.ending is None else self.ending.status


def due(received_at: datetime) -> datetime:
    """One month later (RGPD art. 12.3): the same day of the next month, or its last one."""
    year, month = (
        (received_at.year + 1, 1) if received_at.month == 12 else (received_at.year, received_at.month + 1)
    )
    return received_at.replace(year=year, month=month, day=min(received_at.day, monthrange(year, month)[1]))


def check_ending(ending: Ending) -> None:
    """Return where an ending has what it takes. Raises BadInput, which names the field."""
    if ending.status is AccessStatus.OPEN:
        raise BadInput(
            why("access-no-end", "a request ends in a copy, a proof of destruction or a refusal"), "status"
        )
    if ending.status is AccessStatus.REFUSED and ending.ground is None:
        raise BadInput(why("access-ground-missing", "a refusal names its legal ground"), "ground")
    if ending.status is AccessStatus.REDACTED_COPY and not (ending.package and ending.sha256):
        raise BadInput(
            why("access-package-missing", "a copy is named by its package and the SHA-256 of that"), "package"
        )
    if ending.status is AccessStatus.DESTROYED and not ending.proof.strip():
        raise BadInput(why("access-proof-missing", "a destruction is proven by a file"), "proof")
