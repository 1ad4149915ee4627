"""The register of destructions and its proofs on the wire."""

from datetime import date

from pydantic import ConfigDict, Field

from control_room.http.schemas.common import CommuneCode, Instant, Motive, Response, Why
from control_room.http.schemas.images import Range
from shared.evidence.gone import Fate, Gone
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
        "given up before it was due, because the spool was full. `departed`: its commune left with it."
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


class NewestHead(Response):
    """The newest head of the register that was kept."""

    ledger: str
    number: int
    digest: str = Field(description="SHA-256 of its document: a proof of destruction names it.")
    fingerprint: str = Field(description="Of the evidence key that signed it.")
    at: Instant | None = Field(
        description="When it was signed, by storage's clock; null for no such instant."
    )
    began: Instant | None = Field(description="When the register began: before that nothing is proven.")
    kept_at: Instant


class RefusedHead(Response):
    """A head that storage told and that was not kept."""

    at: Instant
    digest: str
    detail: str = Field(description="Why, in English.")
    why: Why | None = Field(None, description="`detail` as a code with parameters.")


class RegisterStanding(Response):
    """How the register of captures and destructions stands."""

    now: Instant = Field(description="What this service's clock says.")
    newest: NewestHead | None = Field(description="Null before any head was kept.")
    refused: list[RefusedHead] = Field(description="Of the last two months, the newest first, at most 20.")


class PartView(Response):
    """What became of a part of the range."""

    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    fate: Fate


class FateTotal(Response):
    """How much of the range had one fate."""

    fate: Fate
    seconds: float


class DestructionAnswerView(Response):
    """What became of a camera's recordings of a time, as `beffroi verify destruction` answers it, with all
    that it needs to."""

    found: Gone
    detail: str = Field(description="The finding as a sentence, in English.")
    proven: bool = Field(description="Whether there are no such images, any more or at all.")
    segments: int = Field(description="How many recordings of the range are gone.")
    totals: list[FateTotal]
    parts: list[PartView] = Field(description="The range in order, the first 500 parts of it.")
    parts_total: int
    head: str = Field(description="Digest of the head it rests on.")
    at: Instant | None = Field(description="When that was signed; null where the file proves nothing.")
    stream: str
    fingerprint: str = Field(description="Of the key.")
    proof: str = Field(description="The proof, to be kept as a file as it is.")
    public_key: str = Field(description="The key in PEM. Get it by another way too before you trust it.")


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
