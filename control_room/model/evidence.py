"""Exports and holds, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.messages.storage import ExportProgress
from shared.reasons import Reason


class HoldStatus(StrEnum):
    """Where a hold is between this service and storage."""

    PENDING = "pending"
    PLACED = "placed"
    RELEASING = "releasing"
    RELEASED = "released"
    REFUSED = "refused"


class HoldKind(StrEnum):
    """Why recordings are kept: for a procedure, before a requisition, or while there is one."""

    PROCEDURE = "procedure"
    PRESERVATION = "preservation"
    REQUISITION = "requisition"


class HoldBasis(StrEnum):
    """The legal basis of a hold (CSI L252-5); UNSTATED only of holds older than the question."""

    FLAGRANT = "flagrant"
    PRELIMINARY = "preliminary"
    INFORMATION = "information"
    OBSERVATION = "observation"
    REQUISITION = "requisition"
    UNSTATED = "unstated"


class Ending(StrEnum):
    """Why an export is to end before its time: its package is not to be made, or nobody came for it."""

    NONE = ""
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Export:
    """An export ordered on a requisition, with the last progress storage told.

    `requisition` is the id of one of the desk's, empty where it was ordered without. `finished_at` is when
    this service first knew of its package. One with `masks` is a redacted copy, of the export `original`
    where it names one; `original_sha256` is of that one's package.
    """

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
    requisition: str = ""
    ending: Ending = Ending.NONE
    finished_at: datetime | None = None
    masks: int = 0
    original: str = ""
    original_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Recordings kept beyond their deadline for a procedure (CSI L252-5).

    `placer` is the id of who placed it, `placed_by` their login. `review_at` is when somebody has to look
    whether it is still needed. `ends_at` is when it ends by itself,
    None for one that a person has to end. `confirmed_by` is the second person of a preservation.
    """

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
    kind: HoldKind = HoldKind.PROCEDURE
    basis: HoldBasis = HoldBasis.UNSTATED
    review_at: datetime | None = None
    ends_at: datetime | None = None
    placer: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    requisition: str = ""

    @property
    def over(self) -> bool:
        """Whether it keeps nothing any more, or will not once storage is told."""
        return self.status not in (HoldStatus.PENDING, HoldStatus.PLACED)
