"""Access requests of people who were filmed, on the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from control_room.http.schemas.common import CommuneCode, Instant, Line, Motive, Request, Response
from control_room.http.schemas.desk import MayBeEmpty
from control_room.http.schemas.images import MAX_CAMERAS_PER_EXPORT, CameraId, Range
from control_room.model.access_requests import AccessStatus, Ground

Sha256 = Annotated[str, StringConstraints(pattern="^([0-9a-f]{64})?$")]
_MAX_PROOF_CHARS = 200_000


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


class AccessAnswer(Request):
    """A copy has `package` and `sha256`, a destruction `proof`, a refusal `ground`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "refused", "ground": "procedures", "motive": "inquiry under way"}]
        }
    )

    status: AccessStatus
    motive: Motive
    ground: Ground | None = None
    package: MayBeEmpty = ""
    sha256: Sha256 = ""
    proof: Annotated[str, StringConstraints(max_length=_MAX_PROOF_CHARS)] = Field(
        default="", description="The file that proves the destruction, as it is."
    )


class AccessEndingView(Response):
    status: AccessStatus
    motive: str
    by: str
    at: Instant
    ground: Ground | None
    package: str
    sha256: str
    proof: str


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
