"""What control_room and the ingest workers tell each other: cameras to pull, and how each of them is."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.instants import Instant
from shared.reasons import Reason

TAP_KEY_HEADER = "X-Beffroi-Tap-Key"
"""Of a worker's requests to control_room: its public tap key."""


class CameraStatus(StrEnum):
    """How a camera's stream is. Shown in the API and on the page."""

    CONNECTING = "connecting"
    LIVE = "live"
    IDLE = "idle"
    STALLED = "stalled"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNSUPPORTED = "unsupported"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class CameraOpener(StrEnum):
    """Which RTSP client pulls a camera: our own, or libavformat's for a camera that gets on with no other."""

    OWN = "own"
    AV = "av"


class CameraTransport(StrEnum):
    """What carries a camera's RTP packets: interleaved in its RTSP connection, or UDP."""

    TCP = "tcp"
    UDP = "udp"


@dataclass(frozen=True, slots=True)
class WantedCamera:
    """One stream an ingest worker has to pull. `address` has no credentials in it. Secret: never log one.

    A stream wanted `on_demand` is pulled only while the tap has a subscriber for it; sub streams are.
    """

    stream: str
    name: str
    address: str
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    opener: CameraOpener = CameraOpener.OWN
    transport: CameraTransport = CameraTransport.TCP
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class WantedCameras:
    """All streams of one commune. `version` changes whenever `cameras` does (it is the HTTP ETag)."""

    commune: str
    version: str
    cameras: tuple[WantedCamera, ...]


@dataclass(frozen=True, slots=True)
class CameraReport:
    """An ingest worker on one of its streams. `reason` is a sentence in English without credentials.

    `advice` says which setting of the camera to change when its pictures come but are costly to show.
    `why` is the reason with its code, where the worker knows one.
    """

    stream: str
    status: CameraStatus
    reason: str
    since: Instant
    run: int = 0
    width: int = 0
    height: int = 0
    fps: float = 0.0
    codec: str = ""
    advice: str = ""
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class CameraReports:
    """Every stream the worker knows; what is not named is not pulled."""

    reports: tuple[CameraReport, ...]


@dataclass(frozen=True, slots=True)
class JournalNews:
    """A signed head of control_room's journal (`shared.evidence.journal_head`), and the way to it from the
    size that was asked for: the peaks of the tree of that size, and the leaves behind it, in hexadecimal.

    Without `known` there is no way: the journal has no such size any more, or never had.
    """

    document: str
    signature: str
    public_key: str
    known: bool
    peaks: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
