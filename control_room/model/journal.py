"""What the journal holds, as values."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.reasons import Reason, kept


class Outcome(StrEnum):
    """How what the journal tells of ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"


class AuditAction(StrEnum):
    """Every action that the journal may hold: what people ask for, under the name of the right it needs, and
    what is done to the platform itself."""

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
    APPROVE_REQUISITION = "approve-requisition"
    DELIVER = "deliver"
    SEE_REGISTER = "see-register"
    SEE_ACCESS_REQUEST = "see-access-request"
    ACCESS_REQUEST = "access-request"
    SEE_DESTRUCTION = "see-destruction"
    PROVE_DESTRUCTION = "prove-destruction"
    SEE_STORAGE = "see-storage"
    CONFIRM_CLOCK = "confirm-clock"
    MANAGE_PERSON = "manage-person"
    SEE_JOURNAL = "see-journal"
    VERIFY_JOURNAL = "verify-journal"
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    CREATE_PERSON = "create-person"
    CHANGE_PERSON = "change-person"
    REMOVE_PERSON = "remove-person"
    CREATE_COMMUNE = "create-commune"
    CHANGE_COMMUNE = "change-commune"
    REMOVE_COMMUNE = "remove-commune"
    CREATE_WORKER = "create-worker"
    REVOKE_WORKER = "revoke-worker"
    CREATE_CAMERA = "create-camera"
    CHANGE_CAMERA = "change-camera"
    REMOVE_CAMERA = "remove-camera"
    RELEASE_HOLD = "release-hold"
    REVIEW_HOLD = "review-hold"
    CHANGE_REQUISITION = "change-requisition"
    REFUSE_REQUISITION = "refuse-requisition"
    WITHDRAW_REQUISITION = "withdraw-requisition"
    EXPIRE_REQUISITION = "expire-requisition"
    CANCEL_EXPORT = "cancel-export"
    END_ACCESS_REQUEST = "end-access-request"
    DESTROY = "destroy"
    KEEP_LEDGER = "keep-ledger"
    ERASE_JOURNAL = "erase-journal"

    @classmethod
    def _missing_(cls, value: object) -> "AuditAction | None":
        # A row that was altered, or is of another version, is read as it stands: its hash tells.
        if not isinstance(value, str):
            return None
        foreign = str.__new__(cls, value)
        foreign._name_ = foreign._value_ = value
        return foreign


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something to write into the journal: who, what, on what, why, and how it ended.

    The hash of an entry covers the members by their names: a new name would break the chain of every journal
    there is, hence `kind` for the person's role. `why` is the reason behind `detail` as `Reason.kept` writes
    it, empty where `detail` is a mere name.
    """

    action: AuditAction
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

    def telling(self, detail: str | Reason, outcome: Outcome) -> "AuditEvent":
        """The same with another ending, and what is to be said of it."""
        return replace(self, outcome=outcome, detail=str(detail), why=kept(detail))


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An event in the journal. `hash` covers all of it and `previous`, the hash of the row before."""

    seq: int
    at: datetime
    event: AuditEvent
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; None leaves a side open. `communes` bounds what the reader may see."""

    communes: Collection[str] | None = None
    camera: str | None = None
    person: str | None = None
    start: datetime | None = None
    end: datetime | None = None
