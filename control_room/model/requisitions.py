"""Requisitions, as values, and whether one may be: who signs by which article. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from control_room.model.articles import ARTICLES, TITLES, Capacity, Mandate
from control_room.model.masks import check_masks
from shared.errors import BadInput
from shared.evidence.recipient import RecipientCertificate
from shared.ids import StreamId
from shared.messages.storage import ExportedCamera, MaskTrack
from shared.reasons import why

_MONTH = timedelta(days=28)
"""The shortest month there is: what may be older asks for more."""


class RequisitionStatus(StrEnum):
    """Where a requisition is. The last four are for good."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DELIVERED = "delivered"
    EXPIRED = "expired"


OPEN = frozenset({RequisitionStatus.WAITING, RequisitionStatus.APPROVED})


@dataclass(frozen=True, slots=True)
class Officer:
    """Who signed a requisition, or was given a package.

    `mandate` names what they need from another one: an authorisation, a rogatory commission, the officer who
    controls them. Empty where they need none.
    """

    name: str
    capacity: Capacity
    service: str
    mandate: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a requisition says: [start, end) is UTC, `file` the number of the procedure or report.

    The cameras are as they were named when it was entered, whatever became of them since. Where there is a
    `recipient`, a certificate in PEM, the package is encrypted to it. With `masks` a redacted copy is asked
    for, of the export `original` where it names one.
    """

    file: str
    article: str
    officer: Officer
    cameras: tuple[ExportedCamera, ...]
    start: datetime
    end: datetime
    received_by: str
    received_at: datetime
    motive: str
    recipient: str = ""
    masks: tuple[MaskTrack, ...] = ()
    original: str = ""

    @property
    def streams(self) -> tuple[StreamId, ...]:
        return tuple(StreamId.parse(camera.stream) for camera in self.cameras)

    @property
    def communes(self) -> frozenset[str]:
        return frozenset(stream.commune for stream in self.streams)


@dataclass(frozen=True, slots=True)
class Entry:
    """A version of a requisition: who entered it when. Versions count from 1."""

    version: int
    person: str
    login: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Requisition:
    """The newest version, and what became of it.

    `decision` is the reason of a refusal or a withdrawal, or the motive of an approval. `export` is the last
    one ordered for it, empty where there is none.
    """

    id: str
    demand: Demand
    status: RequisitionStatus
    entries: tuple[Entry, ...]
    communes: frozenset[str]
    decided_by: str = ""
    decided_at: datetime | None = None
    decision: str = ""
    export: str = ""

    @property
    def version(self) -> int:
        return self.entries[-1].version

    @property
    def authors(self) -> frozenset[str]:
        """The ids of everybody who entered a version: none of them approves it."""
        return frozenset(entry.person for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line of the register of transmissions: what was handed to whom when. `receipt` is the signed file.

    With `masks` it was a redacted copy, of the export `original` where it names one, by its package's hash.
    """

    requisition: str
    export: str
    file: str
    article: str
    cameras: tuple[str, ...]
    start: datetime
    end: datetime
    recipient: Officer
    medium: str
    at: datetime
    by: str
    sha256: str
    receipt: str
    masks: int = 0
    original: str = ""
    original_sha256: str = ""


def check(demand: Demand, now: datetime) -> None:
    """Return where the demand can be one by its article. Raises BadInput, which names the field."""
    article = ARTICLES.get(demand.article)
    if article is None:
        raise BadInput(why("article-unknown", "this article is not known here"), "article")
    mandate = article.signers.get(demand.officer.capacity)
    if mandate is None:
        raise BadInput(
            why(
                "capacity-not-by-article",
                "in the capacity {capacity} nobody signs a requisition by article {article}",
                capacity=demand.officer.capacity.value,
                article=article.code,
            ),
            "officer.capacity",
        )
    if _needs(mandate, demand) and not demand.officer.mandate.strip():
        raise BadInput(
            why(
                "mandate-missing",
                "by article {article} the capacity {capacity} needs: {mandate}; give its reference",
                article=article.code,
                capacity=demand.officer.capacity.value,
                mandate=mandate.value,
            ),
            "officer.mandate",
        )
    if demand.recipient and RecipientCertificate.from_pem(demand.recipient).expires_at <= now:
        raise BadInput(why("recipient-expired", "the recipient's certificate is over"), "recipient")
    if demand.received_at > now:
        raise BadInput(why("received-in-future", "a paper is received before it is entered"), "received_at")
    if demand.end > now:
        raise BadInput(why("range-in-future", "to: the range must not reach into the future"), "to")
    check_masks(demand.masks, len(demand.cameras), demand.start, demand.end)
    if demand.original and not demand.masks:
        raise BadInput(why("redaction-no-masks", "a redacted copy has at least one mask"), "masks")


def _needs(mandate: Mandate, demand: Demand) -> bool:
    if mandate is Mandate.DECISION_AFTER_A_MONTH:
        return demand.received_at - demand.start > _MONTH
    return mandate is not Mandate.NONE


def authority(demand: Demand) -> str:
    """Who requires it, in one line, as an export's manifest names it."""
    parts = [demand.officer.name, TITLES[demand.officer.capacity], demand.officer.service]
    parts += [demand.article, demand.officer.mandate]
    return ", ".join(part for part in parts if part)
