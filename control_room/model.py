"""The nouns of the control room, as values."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from shared.ids import StreamId, StreamKind
from shared.messages.ingest import CameraOpener, CameraTransport
from shared.messages.storage import ExportProgress
from shared.reasons import Reason, kept, why

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


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune by its INSEE code. `has_csu` is whether it runs a supervision centre of its own."""

    code: str
    name: str
    population: int
    has_csu: bool


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The prefect's decision for a camera (CSI L252-1, L252-4). `days` is the retention it fixes, 1 to 31."""

    number: str
    granted_on: date
    valid_until: date
    days: int


@dataclass(frozen=True, slots=True)
class CameraAccess:
    """How to reach a camera. Secret: only its commune's worker is ever told.

    `sub_address` is of its small stream, empty where it has none; the credentials are the same.
    """

    address: str = field(repr=False)
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    sub_address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera. `sealed` is its CameraAccess, encrypted; `address_host` is all of it that people see."""

    id: str
    commune: str
    name: str
    place: str
    lat: float | None
    lon: float | None
    recorded: bool
    enabled: bool
    authorisation: Authorisation | None
    address_host: str
    has_credentials: bool
    has_sub: bool
    opener: CameraOpener
    transport: CameraTransport
    sealed: bytes = field(repr=False)

    @property
    def stream(self) -> StreamId:
        return StreamId(self.commune, self.id, StreamKind.MAIN)

    @property
    def sub_stream(self) -> StreamId:
        return StreamId(self.commune, self.id, StreamKind.SUB)

    @property
    def streams(self) -> tuple[str, str]:
        """Whatever may show its pictures."""
        return str(self.stream), str(self.sub_stream)


def blocked_reason(camera: Camera, today: date) -> Reason | None:
    """Why a camera is neither shown nor recorded on `today` (UTC), or None where it may be (CSI L252-1)."""
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


@dataclass(frozen=True, slots=True)
class Worker:
    """A credential of a commune's ingest worker; the token itself is not kept."""

    id: str
    commune: str
    name: str
    created_at: datetime


class Outcome(StrEnum):
    """How what the journal tells of ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to write into the journal: who, what, on what, why, and how it ended.

    `why` is the reason behind `detail` as `Reason.kept` writes it, empty where `detail` is a mere name.
    """

    action: str
    outcome: Outcome
    who: str = ""
    login: str = ""
    kind: str = ""
    session: str = ""
    client: str = ""
    commune: str = ""
    camera: str = ""
    resource: str = ""
    detail: str = ""
    motive: str = ""
    why: str = ""

    def telling(self, detail: str | Reason, outcome: Outcome) -> "Deed":
        """The same with another ending, and what is to be said of it."""
        return replace(self, outcome=outcome, detail=str(detail), why=kept(detail))


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A deed in the journal. `hash` covers all of it and `previous`, the hash of the row before."""

    seq: int
    at: datetime
    deed: Deed
    previous: str
    hash: str


class HoldStatus(StrEnum):
    """Where a hold is between this desk and storage."""

    PENDING = "pending"
    PLACED = "placed"
    RELEASING = "releasing"
    RELEASED = "released"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Export:
    """An export ordered on a requisition, with the last progress storage told."""

    id: str
    reference: str
    authority: str
    motive: str
    requested_by: str
    requested_at: datetime
    communes: frozenset[str]
    cameras: tuple[str, ...]
    start: datetime
    end: datetime
    ordered: bool
    progress: ExportProgress


@dataclass(frozen=True, slots=True)
class Hold:
    """Recordings kept beyond their deadline for a procedure (CSI L252-5)."""

    id: str
    commune: str
    camera: str
    start: datetime
    end: datetime
    reference: str
    motive: str
    placed_by: str
    placed_at: datetime
    status: HoldStatus
    reason: str
    why: Reason | None = None
