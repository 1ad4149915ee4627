"""Communes, worker credentials and cameras on the wire."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr, StringConstraints, model_validator

from control_room.http.schemas.common import PRINTABLE, CommuneCode, Instant, Line, Request, Response, Why
from control_room.http.validation import reason_error
from shared.messages.ingest import CameraOpener, CameraStatus, CameraTransport
from shared.messages.storage import RecordingStatus
from shared.reasons import why

MAX_DAYS = 31

Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=PRINTABLE)]
Address = Annotated[SecretStr, Field(min_length=1, max_length=2048)]
SubAddress = Annotated[SecretStr, Field(max_length=2048)]
Credential = Annotated[SecretStr, Field(max_length=256)]


class CommuneView(Response):
    code: str = Field(description="INSEE code.", examples=["59350"])
    name: str = Field(examples=["Lille"])
    population: int = Field(examples=[236710])
    has_csu: bool = Field(description="Whether the commune runs a supervision centre of its own.")


class NewCommune(Request):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "59350", "name": "Lille", "population": 236710, "has_csu": True}]
        }
    )

    code: CommuneCode
    name: Line
    population: int = Field(ge=0, le=100_000_000)
    has_csu: bool = False


class CommuneChange(Request):
    """Only the members present are changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"population": 237000}]})

    name: Line | None = None
    population: int | None = Field(None, ge=0, le=100_000_000)
    has_csu: bool | None = None


class NewWorker(Request):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "rack of the town hall"}]})

    name: Line


class WorkerView(Response):
    id: str = Field(examples=["w-4h2k9s0x1c"])
    name: str = Field(examples=["rack of the town hall"])
    created_at: Instant
    heard_at: Instant | None = Field(None, description="Last word of it since this service started.")


class WorkerCreated(WorkerView):
    """The only answer that ever holds the token."""

    token: str = Field(description="Shown once. Give it to the worker as BEFFROI_WORKER_TOKEN.")


class AuthorisationBody(Request):
    """The prefect's decision for a camera. Without a valid one the camera is neither shown nor recorded."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {"number": "2026-0417", "granted_on": "2026-03-02", "valid_until": "2031-03-01", "days": 15}
            ]
        },
    )

    number: Line
    granted_on: date
    valid_until: date
    days: int = Field(ge=1, le=MAX_DAYS, description="Retention it fixes; one calendar month is the most.")
    least_days: int = Field(
        0, ge=0, le=MAX_DAYS, description="Before as many days nothing is destroyed; 0 where it fixes none."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "AuthorisationBody":
        if self.valid_until < self.granted_on:
            raise reason_error(
                why("authorisation-reversed", "valid_until lies before granted_on"), "valid_until"
            )
        if self.least_days > self.days:
            raise reason_error(
                why("least-days-over-days", "least_days must not be more than days"), "least_days"
            )
        return self


class StateView(Response):
    """How one of the camera's streams is, as its commune's worker last told."""

    status: CameraStatus
    reason: str = Field(description="In words, in English.", examples=["pictures arrive"])
    why: Why | None = Field(None, description="`reason` as a code with parameters.")
    since: Instant
    heard_at: Instant | None = Field(None, description="Null where no worker was heard yet.")
    width: int = 0
    height: int = 0
    fps: float = 0.0
    codec: str = ""
    advice: str = Field(
        "",
        description="Which setting to change where pictures come but are costly to show, else empty.",
        examples=["set the profile to Baseline or Main without B-frames"],
    )


class RecordingView(Response):
    """How the camera's recording is, as storage last told."""

    status: RecordingStatus
    reason: str
    why: Why | None = Field(None, description="`reason` as a code with parameters.")
    since: Instant


class CameraView(Response):
    """A camera. Its address, user name and password are never given back."""

    id: str = Field(examples=["cam-3kf9a0q2zd"])
    commune: str = Field(examples=["59350"])
    stream: str = Field(examples=["59350/cam-3kf9a0q2zd/main"])
    name: str = Field(examples=["Grand-Place nord"])
    place: str = Field(examples=["Grand-Place, façade de la Vieille Bourse"])
    lat: float | None = None
    lon: float | None = None
    recorded: bool
    enabled: bool
    authorisation: AuthorisationBody | None
    address_host: str = Field(description="Host and port only.", examples=["10.1.4.20:554"])
    has_credentials: bool
    has_sub: bool = Field(description="Whether the address of a small stream is known.")
    opener: CameraOpener
    transport: CameraTransport
    blocked_reason: str | None = Field(
        description="Why the camera is neither shown nor recorded now, null where it may be.",
        examples=["the prefectural authorisation 2021-0117 ended on 2026-02-01"],
    )
    blocked_why: Why | None = Field(None, description="`blocked_reason` as a code with parameters.")
    state: StateView
    sub_state: StateView | None = Field(description="How the small stream is, null where there is none.")
    recording: RecordingView


class NewCamera(Request):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "commune": "59350",
                    "name": "Grand-Place nord",
                    "place": "Grand-Place, façade de la Vieille Bourse",
                    "lat": 50.6366,
                    "lon": 3.0634,
                    "address": "rtsp://10.1.4.20:554/stream1",
                    "username": "viewer",
                    "password": "the camera's own",
                    "sub_address": "rtsp://10.1.4.20:554/stream2",
                    "recorded": True,
                    "authorisation": {
                        "number": "2026-0417",
                        "granted_on": "2026-03-02",
                        "valid_until": "2031-03-01",
                        "days": 15,
                    },
                }
            ]
        }
    )

    commune: CommuneCode
    name: Line
    place: Place = ""
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    address: Address = Field(description="`rtsp://host[:port]/path`, without credentials.")
    username: Credential = SecretStr("")
    password: Credential = SecretStr("")
    sub_address: SubAddress = Field(
        SecretStr(""), description="Of its small stream, reached with the same credentials; empty: none."
    )
    opener: CameraOpener = Field(
        CameraOpener.OWN,
        description="RTSP client that pulls it; `av` for a camera that gets on with no other.",
    )
    transport: CameraTransport = CameraTransport.TCP
    recorded: bool = True
    enabled: bool = True
    authorisation: AuthorisationBody | None = None


class CameraChange(Request):
    """Only the members present are changed; `authorisation`, `lat` and `lon` may be set to null."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Grand-Place sud"}, {"enabled": False}]}
    )

    name: Line | None = None
    place: Place | None = None
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    address: Address | None = None
    username: Credential | None = None
    password: Credential | None = None
    sub_address: SubAddress | None = Field(None, description="Empty: it has no small stream any more.")
    opener: CameraOpener | None = None
    transport: CameraTransport | None = None
    recorded: bool | None = None
    enabled: bool | None = None
    authorisation: AuthorisationBody | None = None
