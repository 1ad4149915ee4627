"""The register of destructions and its proofs on the wire."""

from datetime import date

from pydantic import ConfigDict, Field

from control_room.http.schemas.common import CommuneCode, Instant, Motive, Response
from control_room.http.schemas.images import Range
from shared.evidence.ledger import Ground
from shared.ids import StreamKind


class DestructionView(Response):
    """What was destroyed so far of a camera's recordings of one UTC day, on one ground."""

    commune: CommuneCode
    camera: str
    kind: StreamKind
    day: date = Field(description="UTC day of capture, by the first picture of each recording.")
    ground: Ground = Field(
        description="`deadline`: destroyed when it was due. `lost`: its file was found missing. `room`: "
        "given up before it was due, because the spool was full."
    )
    segments: int = Field(description="How many recordings of about a minute.")
    bytes: int
    start: Instant = Field(serialization_alias="from", description="Of the first picture.")
    end: Instant = Field(serialization_alias="to", description="Of the last picture.")
    first_at: Instant = Field(description="When the first of them was destroyed.")
    last_at: Instant = Field(description="When the last of them was destroyed.")


class LedgerHeadView(Response):
    """A head of the register of captures and destructions, as storage signed it and as it was kept."""

    ledger: str = Field(description="Which register: another begins with another evidence key.")
    number: int
    digest: str = Field(description="SHA-256 of `document`: a proof of destruction names it.")
    document: str
    signature: str = Field(description="Ed25519 over `document`, in hexadecimal.")
    kept_at: Instant


class DestructionProofRequest(Range):
    """Of which time a proof is wanted, and why: it is a communication in the journal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "from": "2026-10-01T21:00:00Z",
                    "to": "2026-10-01T21:15:00Z",
                    "motive": "access request 2026-44",
                }
            ]
        }
    )

    motive: Motive
