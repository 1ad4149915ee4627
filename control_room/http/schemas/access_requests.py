"""Access requests of people who were filmed, on the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from control_room.http.schemas.common import CommuneCode, Instant, Line, Motive, Request, Response
from control_room.http.schemas.desk import MayBeEmpty
from control_room.http.schemas.images import MAX_CAMERAS_PER_EXPORT, CameraId, Range
from control_room.http.schemas.masks import MaskSpanView, NewMask
from control_room.model.access_requests import AccessStatus, Ground
from shared.evidence.gone import Gone
from shared.masks import MOST_TRACKS

ExportId = Annotated[str, StringConstraints(min_length=1, max_length=62)]


class NewAccessRequest(Range):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": "J. Petit",
                    "contact": "12 rue de Gand, Lille",
                    "identity": "identity card seen at the counter",
                    "cameras": ["cam-3kf9a0q2zd"],
                    "from": "2026-11-20T21:00:00Z",
                    "to": "2026-11-20T21:15:00Z",
                    "received_at": "2026-11-21T09:00:00Z",
                }
            ]
        }
    )

    person: Line = Field(description="Who was filmed.")
    contact: Line
    identity: Line = Field(description="How it is known that it is them.")
    cameras: list[CameraId] = Field(min_length=1, max_length=MAX_CAMERAS_PER_EXPORT)
    received_at: Instant


class NewCopy(Range):
    """The masks of a redacted copy of one camera of the request, within its range."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "from": "2026-11-20T21:00:00Z",
                    "to": "2026-11-20T21:15:00Z",
                    "masks": [
                        {
                            "id": "m-1",
                            "positions": [
                                {"at": "2026-11-20T21:00:12.4Z", "x": 0.41, "y": 0.22, "w": 0.08, "h": 0.14},
                                {"at": "2026-11-20T21:00:15Z", "x": 0.55, "y": 0.25, "w": 0.08, "h": 0.14},
                            ],
                        }
                    ],
                    "motive": "other people are seen",
                }
            ]
        }
    )

    masks: list[NewMask] = Field(min_length=1, max_length=MOST_TRACKS)
    motive: Motive


class AccessAnswer(Request):
    """A copy names its exports, a refusal its ground. Each camera without a copy is proven to be gone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "refused", "ground": "procedures", "motive": "inquiry under way"}]
        }
    )

    status: AccessStatus
    motive: Motive
    ground: Ground | None = None
    packages: list[ExportId] = Field(
        default_factory=list,
        max_length=MAX_CAMERAS_PER_EXPORT,
        description="Ids of the finished exports that are its redacted copies.",
    )
    medium: MayBeEmpty = Field(default="", description="What the copies are on, by its number.")


class HandedView(Response):
    """A redacted copy that was handed over."""

    camera: str
    export: str
    sha256: str = Field(description="Of the package.")
    receipt: str = Field(description="The signed receipt, a file as it is; `beffroi verify` checks it.")


class ShownGoneView(Response):
    """A camera whose images were proven to be gone, or never to have been, when the request was answered."""

    camera: str
    found: Gone
    head: str = Field(description="Digest of the signed head that it rests on.")
    sha256: str = Field(description="Of the file that proved it.")


class AccessEndingView(Response):
    status: AccessStatus
    motive: str
    by: str
    at: Instant
    ground: Ground | None
    handed: list[HandedView]
    gone: list[ShownGoneView]
    package: str = Field(description="Typed and not checked, of older answers; as `sha256` and `proof`.")
    sha256: str
    proof: str


class CopyView(Response):
    """A redacted copy of one camera: who drew it, who ordered it."""

    camera: str
    version: int
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    masks: list[MaskSpanView]
    motive: str
    drawn_by: str = Field(description="Login. None of those who drew a version approves.")
    drawn_at: Instant
    approved_by: str = Field(description="Login, empty before.")
    export: str = Field(description="Id of its last export, empty before.")


class AccessRequestView(Response):
    id: str = Field(examples=["a-7x0s1m9dqa"])
    commune: CommuneCode
    person: str
    contact: str
    identity: str
    cameras: list[str]
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    received_at: Instant
    due_at: Instant = Field(description="One month after its receipt.")
    overdue: bool
    entered_by: str
    status: AccessStatus
    ending: AccessEndingView | None
    copies: list[CopyView] = Field(description="At most one a camera.")
