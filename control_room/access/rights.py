"""Who may do what. Every decision is taken by `decide`, and denied unless a rule grants it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum

from control_room.model.people import Person, Role
from control_room.model.territory import Camera
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
    PRESERVE = "preserve"
    CONFIRM_HOLD = "confirm-hold"
    SEE_REQUISITION = "see-requisition"
    REQUISITION = "requisition"
    APPROVE = "approve-requisition"
    DELIVER = "deliver"
    SEE_REGISTER = "see-register"
    SEE_ACCESS_REQUEST = "see-access-request"
    ACCESS_REQUEST = "access-request"
    APPROVE_COPY = "approve-copy"
    SEE_DESTRUCTION = "see-destruction"
    PROVE_DESTRUCTION = "prove-destruction"
    SEE_STORAGE = "see-storage"
    CONFIRM_CLOCK = "confirm-clock"
    MANAGE_PERSON = "manage-person"
    SEE_JOURNAL = "see-journal"
    VERIFY_JOURNAL = "verify-journal"


class MachineRight(StrEnum):
    """What our own services do with a camera's pictures."""

    PULL = "pull"
    RECORD = "record"


class Machine(StrEnum):
    """A service of ours, in place of a person."""

    INGEST = "ingest"
    RECORDER = "recorder"


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


PLATFORM = Resource()
LISTING = Resource(listing=True)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a decision rests on, but the time. `camera` is the one whose pictures are asked for.

    `authors` are the ids of the people whose act is to be approved: it takes somebody else.
    """

    who: Person | Machine
    resource: Resource = PLATFORM
    camera: Camera | None = None
    authors: frozenset[str] = frozenset()


class Verdict(Enum):
    """What was decided. BLOCKED: whoever asks may, but the camera's pictures may be seen by nobody."""

    ALLOWED = "allowed"
    DENIED = "denied"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and why."""

    verdict: Verdict
    reason: Reason

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.ALLOWED


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
_OF_NOW = frozenset({Right.LIVE, MachineRight.PULL, MachineRight.RECORD})
"""The rights to pictures of now, which a camera must have an authorisation for (CSI L252-1)."""
_OF_ANOTHER = frozenset({Right.APPROVE, Right.APPROVE_COPY, Right.CONFIRM_HOLD})
"""What nobody does for an act of their own: it takes a second person."""
_LEGAL = (
    Right.PLAYBACK,
    Right.SEE_EXPORT,
    Right.EXPORT,
    Right.DOWNLOAD,
    Right.SEE_HOLD,
    Right.HOLD,
    Right.PRESERVE,
    Right.CONFIRM_HOLD,
    Right.SEE_REQUISITION,
    Right.REQUISITION,
    Right.APPROVE,
    Right.DELIVER,
    Right.SEE_REGISTER,
    Right.SEE_ACCESS_REQUEST,
    Right.ACCESS_REQUEST,
    Right.APPROVE_COPY,
    Right.SEE_DESTRUCTION,
    Right.PROVE_DESTRUCTION,
)

# An administrator sees no image: running the platform is no ground to watch the public road (CSI R253-3).
_RULES: Mapping[tuple[str, str], Reach] = {
    **{(action, Role.ADMIN): Reach.ALL for action in _ADMINISTRATIVE},
    **{(action, kind): Reach.OWN for action in (Right.SEE_COMMUNE, Right.SEE_CAMERA) for kind in _BOUND},
    **{(action, Role.LEGAL): Reach.OWN for action in _LEGAL},
    (Right.LIVE, Role.OPERATOR): Reach.OWN,
    (Right.PRESERVE, Role.OPERATOR): Reach.OWN,
    (Right.SEE_REGISTER, Role.COMMUNE): Reach.OWN,
    (Right.MANAGE_CAMERA, Role.COMMUNE): Reach.OWN,
    (Right.SEE_VIEWER, Role.COMMUNE): Reach.OWN,
    (Right.SEE_JOURNAL, Role.COMMUNE): Reach.OWN,
    (Right.SEE_DESTRUCTION, Role.COMMUNE): Reach.OWN,
    (MachineRight.PULL, Machine.INGEST): Reach.ALL,
    (MachineRight.RECORD, Machine.RECORDER): Reach.ALL,
}


def communes(*codes: str) -> Resource:
    """Something that belongs to these communes; whoever asks must have a right in each of them."""
    return Resource(frozenset(codes))


def pictures_of(who: Person | Machine, camera: Camera) -> Facts:
    """The facts where somebody asks for a camera."""
    return Facts(who, communes(camera.commune), camera)


def decide(facts: Facts, right: str, at: datetime) -> Decision:
    """Whether somebody has a right `at` a time (UTC). What has no rule is denied to everybody.

    Pictures of now need their camera among the facts, unless `listing` is asked.
    """
    denied = _denied(facts, str(right))
    if denied is not None:
        return Decision(Verdict.DENIED, denied)
    if right in _OF_NOW and not facts.resource.listing:
        blocked = _blocked(facts.camera, at.date())
        if blocked is not None:
            return Decision(Verdict.BLOCKED, blocked)
    kind = _kind(facts.who)
    return Decision(
        Verdict.ALLOWED, why("for-kind", "{action} is for the kind {kind}", action=str(right), kind=kind)
    )


def where_allowed(person: Person, right: Right, codes: Iterable[str], at: datetime) -> frozenset[str]:
    """Those of the communes `codes` in which `decide` allows `right`."""
    return frozenset(code for code in codes if decide(Facts(person, communes(code)), right, at).allowed)


def _kind(who: Person | Machine) -> str:
    return who.role.value if isinstance(who, Person) else who.value


def _denied(facts: Facts, asked: str) -> Reason | None:
    """Why no rule grants it, None where one does."""
    who, resource = facts.who, facts.resource
    if isinstance(who, Person) and not who.enabled:
        return why("account-off", "this account is switched off")
    kind = _kind(who)
    reach = _RULES.get((asked, kind))
    if reach is None:
        return why("not-for-kind", "{action} is not for the kind {kind}", action=asked, kind=kind)
    if asked in _OF_ANOTHER and isinstance(who, Person) and who.id in facts.authors:
        return why("second-person", "{action} takes somebody else than who entered it", action=asked)
    if reach is Reach.ALL or resource.listing:
        return None
    if not resource.communes:
        return why(
            "own-communes-only",
            "{action} is for the kind {kind} in their own communes only",
            action=asked,
            kind=kind,
        )
    bound = who.communes if isinstance(who, Person) else frozenset()
    foreign = ", ".join(sorted(resource.communes - bound))
    if foreign:
        return why(
            "foreign-commune", "{action}: not bound to commune {communes}", communes=foreign, action=asked
        )
    return None


def _blocked(camera: Camera | None, today: date) -> Reason | None:
    """Why a camera is neither shown nor recorded on `today` (UTC), or None where it may be (CSI L252-1)."""
    if camera is None:
        return why("no-camera", "there is no such camera")
    if not camera.enabled:
        return why("camera-off", "the camera is switched off in the control room")
    permit = camera.authorisation
    if permit is None:
        return why("no-authorisation", "the camera has no prefectural authorisation")
    if today < permit.granted_on:
        return why(
            "authorisation-to-come",
            "the prefectural authorisation {number} starts on {date}",
            number=permit.number,
            date=permit.granted_on.isoformat(),
        )
    if today > permit.valid_until:
        return why(
            "authorisation-over",
            "the prefectural authorisation {number} ended on {date}",
            number=permit.number,
            date=permit.valid_until.isoformat(),
        )
    return None
