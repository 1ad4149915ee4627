"""People, as values."""

from dataclasses import dataclass
from enum import StrEnum

LOGIN_PATTERN = r"[a-z0-9][a-z0-9._@-]{1,63}"


class Kind(StrEnum):
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
    kind: Kind
    communes: frozenset[str]
    enabled: bool = True
    rights_version: int = 1
