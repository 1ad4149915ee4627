"""Requests of people who were filmed to see their images, as values (CSI L253-5, RGPD art. 15)."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.errors import BadInput
from shared.evidence.gone import Gone
from shared.messages.storage import MaskTrack
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
class Copy:
    """A redacted copy for a request: the masks one person drew over [start, end) of a camera of it.

    `authors` are the ids of everybody who drew a version; somebody else approves. `export` is the last one
    ordered of it, empty before.
    """

    camera: str
    version: int
    start: datetime
    end: datetime
    masks: tuple[MaskTrack, ...]
    motive: str
    authors: tuple[str, ...]
    drawn_by: str
    drawn_at: datetime
    approved_by: str = ""
    export: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A redacted copy that was given to who asked: its export, the SHA-256 of the package, the receipt."""

    camera: str
    export: str
    sha256: str
    receipt: str


@dataclass(frozen=True, slots=True)
class ShownGone:
    """A camera whose images of the time were proven to be gone, or never to have been.

    `head` is the digest of the signed head it rests on, `sha256` that of the file that proves it.
    """

    camera: str
    found: Gone
    head: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ended: each camera of it handed over or shown to be gone, or refused on a ground.

    `package`, `sha256` and `proof` are what was typed for an older one, and were not checked.
    """

    status: AccessStatus
    motive: str
    by: str
    at: datetime
    ground: Ground | None = None
    package: str = ""
    sha256: str = ""
    proof: str = ""
    handed: tuple[Handed, ...] = ()
    gone: tuple[ShownGone, ...] = ()


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
    copies: tuple[Copy, ...] = ()

    @property
    def status(self) -> AccessStatus:
        return AccessStatus.OPEN if self.ending is None else self.ending.status


def due(received_at: datetime) -> datetime:
    """One month later (RGPD art. 12.3): the same day of the next month, or its last one."""
    year, month = (
        (received_at.year + 1, 1) if received_at.month == 12 else (received_at.year, received_at.month + 1)
    )
    return received_at.replace(year=year, month=month, day=min(received_at.day, monthrange(year, month)[1]))


def copy_of(request: AccessRequest, camera: str) -> Copy | None:
    """The copy of a camera, None while nobody drew one."""
    return next((one for one in request.copies if one.camera == camera), None)


def with_copy(request: AccessRequest, copy: Copy) -> AccessRequest:
    """The request with this copy of its camera in place of one before."""
    return replace(request, copies=(*(one for one in request.copies if one.camera != copy.camera), copy))


def check_within(request: AccessRequest, camera: str, start: datetime, end: datetime) -> None:
    """Return where [start, end) of a camera is of what was asked for. Raises BadInput, with the field."""
    if camera not in request.cameras:
        raise BadInput(
            why("access-other-camera", "camera {camera} is none of this request", camera=camera), "camera"
        )
    if start < request.start or request.end < end:
        raise BadInput(why("access-other-range", "the range reaches beyond what was asked for"), "from")


def check_ending(status: AccessStatus, ground: Ground | None, packages: Sequence[str]) -> None:
    """Return where an ending has what it takes. Raises BadInput, which names the field."""
    if status is AccessStatus.OPEN:
        raise BadInput(
            why("access-no-end", "a request ends in a copy, a proof of destruction or a refusal"), "status"
        )
    if status is AccessStatus.REFUSED and ground is None:
        raise BadInput(why("access-ground-missing", "a refusal names its legal ground"), "ground")
    if status is AccessStatus.REDACTED_COPY and not packages:
        raise BadInput(
            why("access-package-missing", "a copy is named by the export it was made in"), "packages"
        )
    if status is not AccessStatus.REDACTED_COPY and packages:
        raise BadInput(why("access-package-surplus", "only a copy names exports"), "packages")
