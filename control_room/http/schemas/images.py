"""Tickets, exports, holds and the journal on the wire."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from control_room.http.schemas.common import CommuneCode, Instant, Line, Motive, Request, Response, Why
from control_room.http.validation import reason_error
from control_room.model.chain import Doubt
from control_room.model.evidence import Ending, HoldBasis, HoldKind, HoldStatus
from control_room.model.journal import Outcome
from control_room.model.people import Role
from shared.ids import CAMERA_PATTERN
from shared.masks import MOST_POSITIONS, MOST_TRACKS
from shared.messages.storage import ExportPhase, ExportStatus, MaskPosition, MaskTrack
from shared.reasons import why
from shared.tickets import MOST_CAMERAS

MAX_CAMERAS_PER_EXPORT = 64
CameraId = Annotated[str, StringConstraints(pattern=f"^{CAMERA_PATTERN}$")]
Avoided = Annotated[
    str | None,
    Field(
        max_length=300,
        description="Base URL of a mux just lost; another serves where one lives.",
        examples=["https://mux-1.example"],
    ),
]
# One calendar month is the most that can exist without a hold; a hold may reach a little further back.
MAX_RANGE = timedelta(days=62)


class Range(Request):
    """`from` and `to`, UTC, `to` not included."""

    start: Instant = Field(alias="from", examples=["2026-11-20T21:00:00Z"])
    end: Instant = Field(alias="to", examples=["2026-11-20T21:15:00Z"])

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if self.end <= self.start:
            raise reason_error(why("range-reversed", "to must lie after from"), "to")
        if self.end - self.start > MAX_RANGE:
            raise reason_error(
                why("range-too-long", "the range must not be longer than {days} days", days=MAX_RANGE.days),
                "to",
            )
        return self


class LiveRequest(Request):
    model_config = ConfigDict(json_schema_extra={"examples": [{"motive": "evening watch, shift 2"}]})

    motive: Motive
    avoid: Avoided = None


class IceServerView(Response):
    """An RTCIceServer, to be given to the browser's connection as it is."""

    urls: list[str] = Field(examples=[["turn:turn.example:3478?transport=udp"]])
    username: str | None = Field(None, examples=["1795266000:5b1f0c9d2e7a4b36"])
    credential: str | None = None


class LiveTicket(Response):
    ticket: str = Field(description="Send as `Authorization: Bearer` to `url`.")
    url: str = Field(
        description="WHEP endpoint.", examples=["https://mux.example/whep/59350/cam-3kf9a0q2zd/main"]
    )
    mux: str = Field(
        description="Base URL of the mux chosen: the one to `avoid` once it is lost.",
        examples=["https://mux.example"],
    )
    stream: str = Field(examples=["59350/cam-3kf9a0q2zd/main"])
    until: Instant = Field(description="The ticket can be used until then.")
    ice_servers: list[IceServerView]


class WallRequest(Request):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"cameras": ["cam-3kf9a0q2zd", "cam-9x0s7m1qda"], "motive": "evening watch"}]
        }
    )

    cameras: list[CameraId] = Field(min_length=1, max_length=MOST_CAMERAS, description="In tile order.")
    motive: Motive
    avoid: Avoided = None

    @model_validator(mode="after")
    def _each_once(self) -> "WallRequest":
        if len(set(self.cameras)) != len(self.cameras):
            raise reason_error(why("camera-twice", "cameras: one is named twice"), "cameras")
        return self


class WallCamera(Response):
    """A camera of the wall: it is shown, or it says why not."""

    id: str = Field(examples=["cam-3kf9a0q2zd"])
    path: str | None = Field(
        description="How the mux names it, null where it is refused.", examples=["59350/cam-3kf9a0q2zd"]
    )
    name: str = Field(description="Empty for a camera that is not the caller's to know.")
    refused: str | None = Field(
        description="Why it is not shown, in words, null where it is.",
        examples=["the prefectural authorisation 2021-0117 ended on 2026-02-01"],
    )
    why: Why | None = Field(None, description="`refused` as a code with parameters.")


class WallTicket(Response):
    """One ticket for all that may be shown. Where none of the cameras may, `ticket` and `url` are null."""

    ticket: str | None = Field(
        description="Send as `Authorization: Bearer` to `url` and to `tiles` below it."
    )
    url: str | None = Field(description="Where the offer goes.", examples=["https://mux.example/wall"])
    mux: str | None = Field(description="Base URL of the mux chosen.", examples=["https://mux.example"])
    cameras: list[WallCamera] = Field(description="All that were asked for, in the same order.")
    ice_servers: list[IceServerView]
    until: Instant | None


class PlaybackRequest(Range):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "motive": "theft, file 118",
                    "from": "2026-11-20T21:00:00Z",
                    "to": "2026-11-20T21:15:00Z",
                }
            ]
        }
    )

    motive: Motive


class PlaybackTicket(Response):
    ticket: str = Field(description="Send as `Authorization: Bearer` to `url` and below it.")
    url: str = Field(
        description="Base of the stream at storage: `url`?from=&to= lists, `url`/media plays.",
        examples=["https://storage.example/recordings/59350/cam-3kf9a0q2zd/main"],
    )
    stream: str
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    until: Instant


class NewMaskPosition(Request):
    """Where a mask is: a box in fractions of the picture, from its upper left corner."""

    at: Instant
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    w: float = Field(gt=0, le=1)
    h: float = Field(gt=0, le=1)


class NewMask(Request):
    """It goes in a straight line from each position to the next, and is there from first to last."""

    id: Line
    positions: list[NewMaskPosition] = Field(min_length=2, max_length=MOST_POSITIONS)


class NewExport(Range):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reference": "PV 2026/118-3",
                    "authority": "OPJ Martin, commissariat de Lille, CPP 60-1",
                    "cameras": ["cam-3kf9a0q2zd"],
                    "from": "2026-11-20T21:00:00Z",
                    "to": "2026-11-20T21:15:00Z",
                    "motive": "theft with violence",
                }
            ]
        }
    )

    reference: Line = Field(description="Reference of the requisition.")
    authority: Line = Field(description="Who requires it: name, service, article.")
    cameras: list[str] = Field(min_length=1, max_length=MAX_CAMERAS_PER_EXPORT)
    motive: Motive
    masks: list[NewMask] = Field(
        default_factory=list, max_length=MOST_TRACKS, description="Makes it a redacted copy, of one camera."
    )
    original: str | None = Field(
        default=None,
        max_length=62,
        description="The export of the same range that a redacted copy is one of.",
    )

    def tracks(self) -> tuple[MaskTrack, ...]:
        """The masks, as storage takes them."""
        return tuple(
            MaskTrack(
                mask.id, tuple(MaskPosition(one.at, one.x, one.y, one.w, one.h) for one in mask.positions)
            )
            for mask in self.masks
        )


class ExportView(Response):
    id: str = Field(examples=["x-1m9d0s7xqa"])
    reference: str
    authority: str
    motive: str
    requested_by: str = Field(description="Login.", examples=["c.dubois"])
    requested_at: Instant
    communes: list[str]
    cameras: list[str]
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    status: ExportStatus
    progress: float = Field(description="0 to 1.")
    bytes: int
    coverage: float = Field(description="Present time over asked time, 0 to 1.")
    sha256: str = Field(description="Of the package, empty until it is done.")
    reason: str = Field(description="In words: why it waits or failed, empty where all is well.")
    why: Why | None = Field(None, description="`reason` as a code with parameters.")
    phase: ExportPhase = Field(description="What is being done, while it is queued or runs.")
    ending: Ending = Field(description="Why it ends before its time, empty where it does not.")
    requisition: str = Field(description="Id of the requisition it is for, empty where there is none.")
    finished_at: Instant | None = Field(description="When its package was first known to be there.")


class DownloadRequest(Request):
    """To whom the export is handed over, and why: it is a communication in the journal."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"motive": "given to OPJ Martin, disc 12"}]})

    motive: Motive


class DownloadTicket(Response):
    ticket: str
    url: str = Field(description="Holds the ticket already: the browser may simply follow it.")
    until: Instant


class NewHold(Range):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "camera": "cam-3kf9a0q2zd",
                    "from": "2026-11-20T21:00:00Z",
                    "to": "2026-11-20T21:15:00Z",
                    "reference": "PV 2026/118-3",
                    "basis": "preliminary",
                    "motive": "preliminary inquiry",
                }
            ]
        }
    )

    camera: str
    reference: Line = Field(description="Reference of the procedure: no hold without one.")
    basis: Literal[HoldBasis.FLAGRANT, HoldBasis.PRELIMINARY, HoldBasis.INFORMATION] = Field(
        description="Which inquiry it is for (CSI L252-5)."
    )
    review_at: Instant | None = Field(
        default=None, description="When it is asked whether it is still needed; null for the usual time."
    )
    motive: Motive


class HoldView(Response):
    id: str = Field(examples=["h-0s7x1m9dqa"])
    commune: CommuneCode
    camera: str
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    reference: str
    motive: str
    placed_by: str
    placed_at: Instant
    status: HoldStatus
    reason: str
    why: Why | None = Field(None, description="`reason` as a code with parameters.")
    kind: HoldKind
    basis: HoldBasis
    review_at: Instant | None = Field(description="When somebody has to look whether it is still needed.")
    ends_at: Instant | None = Field(description="When it ends by itself; null for one that does not.")
    confirmed_by: str = Field(description="Login of the second person of a preservation.")
    confirmed_at: Instant | None
    requisition: str = Field(description="Id of the requisition it is for, empty where there is none.")


class JournalEntryView(Response):
    """Who did what to what, when, why, and how it ended."""

    seq: int
    at: Instant
    person: str = Field(description="Person id, empty for nobody known.")
    login: str
    kind: Role | None
    session: str
    client: str = Field(description="Network address the request came from.")
    action: str = Field(examples=["live"])
    outcome: Outcome
    commune: str
    camera: str
    resource: str
    detail: str = Field(description="In English, or a name.")
    why: Why | None = Field(None, description="`detail` as a code with parameters; null where it is a name.")
    motive: str
    hash: str = Field(description="SHA-256 over this entry and the hash of the one before.")


class JournalHeadView(Response):
    """A signed head of the journal, as a witness keeps it."""

    number: int
    size: int = Field(description="How many entries it fixes.")
    at: Instant | None
    document: str
    signature: str = Field(description="Ed25519 over `document`, in hexadecimal.")


class JournalVerification(Response):
    """Whether the chain of hashes holds from the first entry to the last."""

    intact: bool
    entries: int
    head: str = Field(description="Hash of the last entry: noted elsewhere, it proves the journal later.")
    broken_at: int | None = Field(None, description="First entry that does not fit.")
    reason: str = ""
    why: Why | None = Field(None, description="`reason` as a code with parameters.")
    erased: int = Field(description="Entries erased when their years were over: a head stands for them.")
    signed: int = Field(description="How many entries the newest signed head fixes.")
    signed_at: Instant | None = Field(None, description="When it was signed; null where nothing is.")
    doubt: Doubt = Field(
        description="What cannot be known from the journal alone. `cut-end`: whether entries were cut off at "
        "its end; compare `head` with one noted elsewhere."
    )
