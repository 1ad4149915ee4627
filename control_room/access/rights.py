"""Who may do what. Every decision is taken by `decide`, and denied unless a rule grants it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from control_room.model.people import Person, Role
from shared.reasons import Reason, why


class Right(StrEnum):
    """Everything somebody signed in may ask for."""

    SEE_COMMUNE = "see-commune"
    MANAGE_COMMUNE = "manage-commune"
    MANAGE_WORKER = "manage-worker"
    SEE_CAMERA = "see-camera"
    MANAGE_CAMERA = "manage-camera"
    SEE_VIEWER = "see-viewer"
    LIVE = "live"
    PLAYBACK = "playback"
    SEE_EXPORT = "see-export"
    EXPORT = "export"
    DOWNLOAD = "download"
    SEE_HOLD = "see-hold"
    HOLD = "hold"
    SEE_STORAGE = "see-storage"
    CONFIRM_CLOCK = "confirm-clock"
    MANAGE_PERSON = "manage-person"
    SEE_JOURNAL = "see-journal"
    VERIFY_JOURNAL = "verify-journal"


class Reach(Enum):
    """Where a rule holds: in the communes the person is bound to, or everywhere."""

    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for, by the communes it belongs to; none is something of the whole platform.

    `listing` asks whether there may be anything to list at all: each item is decided on its own after that.
    """

    communes: frozenset[str] = frozenset()
    listing: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and why."""

    allowed: bool
    reason: Reason


PLATFORM = Resource()
LISTING = Resource(listing=True)

_BOUND = (Role.OPERATOR, Role.COMMUNE, Role.LEGAL)
_ADMINISTRATIVE = (
    Right.SEE_COMMUNE,
    Right.MANAGE_COMMUNE,
    Right.MANAGE_WORKER,
    Right.SEE_CAMERA,
    Right.MANAGE_CAMERA,
    Right.SEE_VIEWER,
    Right.SEE_STORAGE,
    Right.CONFIRM_CLOCK,
    Right.MANAGE_PERSON,
    Right.SEE_JOURNAL,
    Right.VERIFY_JOURNAL,
)
_LEGAL = (Right.PLAYBACK, Right.SEE_EXPORT, Right.EXPORT, Right.DOWNLOAD, Right.SEE_HOLD, Right.HOLD)

# An administrator sees no image: running the platform is no ground to watch the public road (CSI R253-3).
_RULES: Mapping[tuple[str, Role], Reach] = {
    **{(action, Role.ADMIN): Reach.ALL for action in _ADMINISTRATIVE},
    **{(action, kind): Reach.OWN for action in (Right.SEE_COMMUNE, Right.SEE_CAMERA) for kind in _BOUND},
    **{(action, Role.LEGAL): Reach.OWN for action in _LEGAL},
    (Right.LIVE, Role.OPERATOR): Reach.OWN,
    (Right.MANAGE_CAMERA, Role.COMMUNE): Reach.OWN,
    (Right.SEE_VIEWER, Role.COMMUNE): Reach.OWN,
    (Right.SEE_JOURNAL, Role.COMMUNE): Reach.OWN,
}


def communes(*codes: str) -> Resource:
    """Something that belongs to these communes; whoever asks must have a right in each of them."""
    return Resource(frozenset(codes))


def decide(person: Person, action: str, resource: Resource) -> Decision:
    """Whether `person` may do `action` with `resource`. An action without a rule is denied to everybody."""
    if not person.enabled:
        return Decision(False, why("account-off", "this account is switched off"))
    asked, kind = str(action), person.role.value
    reach = _RULES.get((action, person.role))
    if reach is None:
        return Decision(
            False, why("not-for-kind", "{action} is not for the kind {kind}", action=asked, kind=kind)
        )
    if reach is Reach.ALL or resource.listing:
        return Decision(True, why("for-kind", "{action} is for the kind {kind}", action=asked, kind=kind))
    if not resource.communes:
        return Decision(
            False,
            why(
                "own-communes-only",
                "{action} is for the kind {kind} in their own communes only",
                action=asked,
                kind=kind,
            ),
        )
    foreign = sorted(resource.communes - person.communes)
    if foreign:
        communes = ", ".join(foreign)
        return Decision(
            False,
            why(
                "foreign-commune",
                "{action}: not bound to commune {communes}",
                communes=communes,
                action=asked,
            ),
        )
    return Decision(True, why("for-kind", "{action} is for the kind {kind}", action=asked, kind=kind))


def where_allowed(person: Person, action: str, codes: Iterable[str]) -> frozenset[str]:
    """Those of the communes `codes` in which `decide` allows `action`."""
    return frozenset(code for code in codes if decide(person, action, communes(code)).allowed)
