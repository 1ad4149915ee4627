"""The requisition desk on the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from control_room.http.schemas.common import (
    PRINTABLE,
    CommuneCode,
    Instant,
    Line,
    Motive,
    Request,
    Response,
    Why,
)
from control_room.http.schemas.images import MAX_CAMERAS_PER_EXPORT, CameraId, HoldView, Range
from control_room.http.schemas.masks import MaskSpanView, NewMask
from control_room.model.articles import Capacity, Confidence, Law, Mandate
from control_room.model.requisitions import RequisitionStatus
from shared.masks import MOST_TRACKS
from shared.messages.desk import MissingCause

MayBeEmpty = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=PRINTABLE)]
Certificate = Annotated[str, StringConstraints(strip_whitespace=True, max_length=16_384)]
_EXAMPLE: JsonDict = {
    "file": "PV 2026/118-3",
    "article": "60-1",
    "officer": {"name": "A. Martin", "capacity": "opj", "service": "Commissariat de Lille", "mandate": ""},
    "cameras": ["cam-3kf9a0q2zd"],
    "from": "2026-11-20T21:00:00Z",
    "to": "2026-11-20T21:15:00Z",
    "received_by": "C. Dubois",
    "received_at": "2026-11-21T09:00:00Z",
    "motive": "theft with violence",
}


class SignerView(Response):
    """Who may sign by an article, and what they need from another one for it."""

    capacity: Capacity
    mandate: Mandate


class ArticleView(Response):
    """Data with its source, no legal advice: `confidence` says how sure it is."""

    code: str = Field(examples=["60-1"])
    law: Law
    signers: list[SignerView]
    source: str = Field(examples=["CPP, art. 60-1"])
    confidence: Confidence


class DeskView(Response):
    """What the desk knows and what this centre has decided for it."""

    articles: list[ArticleView]
    direct_exports: bool = Field(description="Whether one legal officer alone may order an export.")
    collect_days: int = Field(description="After so many days an export that nobody was given expires.")
    review_days: int = Field(description="After so many days a hold is to be reviewed, by default.")


class OfficerBody(Request):
    name: Line = Field(examples=["A. Martin"])
    capacity: Capacity
    service: Line = Field(examples=["Commissariat de Lille"])
    mandate: MayBeEmpty = Field(
        default="", description="Reference of the authorisation, commission or control that it takes."
    )


class NewRequisition(Range):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    file: Line = Field(description="Number of the report or procedure.")
    article: str = Field(max_length=20, examples=["60-1"])
    officer: OfficerBody
    cameras: list[CameraId] = Field(min_length=1, max_length=MAX_CAMERAS_PER_EXPORT)
    received_by: Line = Field(description="Who took it in.")
    received_at: Instant
    motive: Motive
    recipient: Certificate = Field(
        default="",
        description="Certificate of an RSA key in PEM: nobody but who has the key can open the package.",
    )
    masks: list[NewMask] | None = Field(
        default=None,
        max_length=MOST_TRACKS,
        description="Makes it a redacted copy, of one camera. Null in a change leaves those there are.",
    )
    original: str = Field(
        default="",
        max_length=62,
        description="Id of the finished export of the same range that a redacted copy is one of.",
    )


class ChangedRequisition(NewRequisition):
    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "version": 1}]})

    version: int = Field(ge=1, le=1_000_000, description="The version that was seen.")


class Decision(Request):
    """A word on a version that was seen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "motive": "checked by phone"}]})

    version: int = Field(ge=1, le=1_000_000)
    motive: Motive


class Act(Request):
    """Something done for a motive, which the journal keeps."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"motive": "disk was full"}]})

    motive: Motive


class RecipientView(Response):
    """Whom a package is encrypted to."""

    name: str
    expires_at: Instant
    fingerprint: str = Field(description="SHA-256 of the certificate in DER, in hexadecimal.")
    certificate: str = Field(description="In PEM.")


class OfficerView(Response):
    name: str
    capacity: Capacity
    service: str
    mandate: str


class DemandView(Response):
    """What a version says."""

    file: str
    article: str
    officer: OfficerView
    cameras: list[str]
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    received_by: str
    received_at: Instant
    motive: str
    recipient: RecipientView | None = Field(description="Null where the package is not encrypted.")
    masks: list[MaskSpanView] = Field(description="Of a redacted copy; where they are is asked apart.")
    original: str = Field(description="Id of the export that a redacted copy is one of, empty for none.")


class EntryView(Response):
    """Who entered a version when."""

    version: int
    login: str = Field(examples=["c.dubois"])
    at: Instant


class RequisitionView(DemandView):
    id: str = Field(examples=["r-7x0s1m9dqa"])
    status: RequisitionStatus
    version: int
    entries: list[EntryView] = Field(description="All versions, oldest first. None of these people approves.")
    communes: list[CommuneCode]
    decided_by: str = Field(description="Login, empty while nobody has decided.")
    decided_at: Instant | None
    decision: str = Field(description="The motive of the approval, the reason of a refusal.")
    export: str = Field(description="Id of its last export, empty where there is none.")


class VersionView(DemandView):
    version: int
    login: str
    at: Instant


class MissingView(Response):
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    cause: MissingCause


class SurveyView(Response):
    """What there is of one camera."""

    camera: CameraId
    bytes: int
    coverage: float = Field(description="Present time over asked time, 0 to 1.")
    codecs: list[str]
    missing: list[MissingView]
    more: int = Field(description="Missing ranges that are not named.")
    dies_at: Instant | None = Field(
        description="First deadline of any of it, were it not for the holds of this requisition."
    )


class PreflightView(Response):
    """What an export would have if it were made now."""

    cameras: list[SurveyView]
    holds: list[HoldView] = Field(description="Its own first.")
    held: bool = Field(description="Whether storage has taken every hold of its own.")


class DeliveryRequest(Request):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "A. Martin",
                    "capacity": "opj",
                    "service": "Commissariat de Lille",
                    "medium": "disc 12",
                    "motive": "handed over at the counter",
                }
            ]
        }
    )

    name: Line = Field(description="Of the person who is given the package and signs for it.")
    capacity: Capacity
    service: Line
    medium: Line = Field(description="What it is on, by its number.")
    motive: Motive


class DeliveryView(Response):
    """A line of the register of transmissions."""

    requisition: str
    export: str
    file: str
    article: str
    cameras: list[str] = Field(description="Their names.")
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    name: str
    capacity: Capacity
    service: str
    medium: str
    at: Instant
    by: str
    sha256: str
    receipt: str = Field(description="The signed receipt, a file as it is; `beffroi verify` checks it.")
    masks: int = Field(description="More than 0 where it was a redacted copy.")
    original: str = Field(description="Id of the export it was one of, empty where it names none.")
    original_sha256: str = Field(description="Of the package of `original`.")


class Observation(Range):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "camera": "cam-3kf9a0q2zd",
                    "from": "2026-11-20T21:00:00Z",
                    "to": "2026-11-20T21:15:00Z",
                    "motive": "assault seen at 21:04",
                }
            ]
        }
    )

    camera: str
    motive: Motive


class HoldReview(Request):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"review_at": "2026-12-20T09:00:00Z", "motive": "inquiry goes on"}]}
    )

    review_at: Instant = Field(description="When it is asked again whether the hold is needed.")
    motive: Motive


class HoldsStandingView(Response):
    """What of the holds is to be done, and how much of the disk holds keep."""

    overdue: int = Field(description="Holds that should have been reviewed.")
    unconfirmed: int = Field(description="Preservations that wait for a second person.")
    held_bytes: int | None = Field(description="Null where storage has not told.")
    usable_bytes: int | None = Field(description="What recordings may fill, held or not.")
    alarm: str = Field(description="Why too much is held, in English; empty where it is not.")
    alarm_why: Why | None = Field(description="`alarm` as a code with parameters.")
