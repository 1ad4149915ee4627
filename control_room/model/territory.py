"""Communes, their workers and their cameras, as values."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.ids import StreamId, StreamKind
from shared.messages.ingest import CameraOpener, CameraTransport


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune by its INSEE code. `has_csu` is whether it runs a supervision centre of its own."""

    code: str
    name: str
    population: int
    has_csu: bool


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The prefect's decision for a camera (CSI L252-1, L252-4, L252-5). `days` is the retention it fixes, 1
    to 31; before `least_days` nothing may be destroyed, 0 where it fixes no minimum."""

    number: str
    granted_on: date
    valid_until: date
    days: int
    least_days: int = 0


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


@dataclass(frozen=True, slots=True)
class Worker:
    """A credential of a commune's ingest worker; the token itself is not kept."""

    id: str
    commune: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownWorker:
    """A worker that showed its token, its commune, and the revision of the commune's cameras.

    `news` is whether the tap key it told is to be kept.
    """

    id: str
    commune: str
    revision: int
    news: bool = False
