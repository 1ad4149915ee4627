"""What control_room and storage tell each other: recording, holds, the clock, exports."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.instants import Instant
from shared.messages.ingest import CameraStatus
from shared.reasons import Reason


class RecordingStatus(StrEnum):
    """How a camera's recording is."""

    OFF = "off"
    WAITING = "waiting"
    RECORDING = "recording"
    FAILING = "failing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Publishers:
    """The communes whose workers may publish, and by commune the tap keys that nobody may publish with:
    the credentials they were used with were taken back. Storage keeps it over a restart."""

    communes: frozenset[str]
    ended_keys: dict[str, frozenset[str]] = field(default_factory=dict)

    def take(self, commune: str, key: str) -> bool:
        """Whether units that come with a public key of this commune are taken."""
        return commune in self.communes and key not in self.ended_keys.get(commune, frozenset())


@dataclass(frozen=True, slots=True)
class RecordingPolicy:
    """What storage has to do with one stream. `days` is the prefect's authorised number, 1 to 31, and
    `least_days` the number before which nothing may be destroyed, 0 where none is fixed."""

    stream: str
    name: str
    place: str
    recorded: bool
    days: int
    least_days: int = 0


@dataclass(frozen=True, slots=True)
class RecordingPolicies:
    """All streams known to control_room. `version` changes whenever `policies` does."""

    version: str
    policies: tuple[RecordingPolicy, ...]


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """storage on one stream. `reason` is a sentence in English, `why` the same with its code."""

    stream: str
    status: RecordingStatus
    reason: str
    since: Instant
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class RecordingReports:
    reports: tuple[RecordingReport, ...]


@dataclass(frozen=True, slots=True)
class CameraStanding:
    """How a stream's camera is that is not recorded, as its worker told; `code` is that of the reason."""

    stream: str
    status: CameraStatus
    since: Instant
    code: str = ""


@dataclass(frozen=True, slots=True)
class CameraStandings:
    """control_room's answer to reports: of each stream that waits for pictures."""

    cameras: tuple[CameraStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """Keep a stream's recordings of a range beyond their deadline, for a procedure."""

    id: str
    stream: str
    start: Instant
    end: Instant
    reference: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, end) in UTC."""

    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """What storage says once a hold lasts: the parts of its range, up to then, of which there is no footage.

    `more` counts those that are not named.
    """

    without_footage: tuple[Stretch, ...] = ()
    more: int = 0


def export_hold_id(export_id: str) -> str:
    """The id of the hold that keeps the footage of an export until its package is made."""
    return f"export:{export_id}"


@dataclass(frozen=True, slots=True)
class HeldShare:
    """How much of what recordings may fill is kept by holds: bytes of both, and why that is too much."""

    held_bytes: int
    usable_bytes: int
    alarm: Reason | None = None


@dataclass(frozen=True, slots=True)
class HeldReport:
    """The ids of all holds that storage keeps, and why it refuses to destroy; empty where it does not.

    `clock_disputed`: its clock is one of the reasons, which a person's word ends. `utc_ns` is what that clock
    says, whatever it says. `failure` is why it does not destroy although it would, empty where it does.
    `grounds` is `refusal` one by one, with their codes; `failure_why` is `failure` with its code. `share` is
    None where it was not measured yet.
    """

    ids: tuple[str, ...]
    refusal: str = ""
    clock_disputed: bool = False
    utc_ns: int | None = None
    failure: str = ""
    grounds: tuple[Reason, ...] = ()
    failure_why: Reason | None = None
    share: HeldShare | None = None


@dataclass(frozen=True, slots=True)
class KnownHolds:
    """control_room's answer: every hold that has to be kept, and those of the told ids that have ended.

    An id in neither is none of control_room's: storage keeps it.
    """

    active: tuple[HoldOrder, ...]
    released: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockConfirmed:
    """A person says that it is `utc` now, and that storage's clock is right where it says so too."""

    utc: Instant
    by: str


@dataclass(frozen=True, slots=True)
class ExportedCamera:
    """A camera of an export as the manifest names it."""

    stream: str
    name: str
    place: str
    authorisation: str


@dataclass(frozen=True, slots=True)
class MaskPosition:
    """Where a mask is at an instant: a box in fractions of the picture, from its upper left corner."""

    at: Instant
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class MaskTrack:
    """A mask: it goes in a straight line from each position to the next, and is there from first to last."""

    id: str
    positions: tuple[MaskPosition, ...]


@dataclass(frozen=True, slots=True)
class FollowOrder:
    """Propose where a box goes from its position on, up to an instant."""

    start: MaskPosition
    end: Instant


@dataclass(frozen=True, slots=True)
class FollowedMask:
    """A proposal, which a person judges; `lost` where the box was lost before the end."""

    positions: tuple[MaskPosition, ...]
    lost: bool


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Make an export of [start, end) of some cameras on a requisition.

    Where there is a `recipient`, a certificate in PEM, nobody but who has its key can open the package. With
    `masks` it is a redacted copy of one camera; `original` is then the export it is one of, where there is.
    """

    id: str
    reference: str
    authority: str
    requested_by: str
    cameras: tuple[ExportedCamera, ...]
    start: Instant
    end: Instant
    recipient: str = ""
    masks: tuple[MaskTrack, ...] = ()
    original: str = ""


class ExportStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DESTROYED = "destroyed"
    CANCELLED = "cancelled"


class ExportPhase(StrEnum):
    """What is being done for an export: it waits its turn, footage is copied, the package is hashed."""

    WAITING = "waiting"
    COPYING = "copying"
    HASHING = "hashing"


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far an export is. `progress` goes from 0 to 1; `coverage` is present time over asked time.

    `phase` means something while it is queued or runs.
    """

    id: str
    status: ExportStatus
    progress: float
    bytes: int = 0
    coverage: float = 0.0
    sha256: str = ""
    reason: str = ""
    why: Reason | None = None
    phase: ExportPhase = ExportPhase.WAITING
