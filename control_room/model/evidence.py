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
