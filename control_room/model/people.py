"""People, as values."""

from dataclasses import dataclass
from enum import StrEnum

LOGIN_PATTERN = r"[a-z0-9][a-z0-9._@-]{1,63}"


class Role(StrEnum):
    """What a person is here for. What follows from it stands in `rights`."""

    OPERATOR = "operator"
    COMMUNE = "commune"
    LEGAL = "legal"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account of their own. `rights_version` grows whenever what they may do changes."""

    id: str
    login: str
    name: str
    role: Role
    communes: frozenset[str]
    enabled: bool = True
    rights_version: int = 1


@dataclass(frozen=True, slots=True)
class Principal:
    """On whose behalf another service is asked: person id and session, as its tickets name them."""

    person: str
    session: str


def codes_of(person: Person) -> str:
    """The communes somebody is bound to, in one line, a dash for none."""
    return " ".join(sorted(person.communes)) or "-"


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a person. Its `id` is public: tickets and the journal name it.

    It ends at `until_s` (UTC seconds) at the latest, and is worth nothing once the person's `rights_version`
    has grown.
    """

    id: str
    person: str
    rights_version: int
    until_s: int
    renewed_s: int
