"""How destruction is, on the wire."""

from pydantic import ConfigDict, Field

from control_room.http.schemas.common import Instant, Motive, Request, Response, Why


class RefusalGround(Response):
    """One of the reasons why nothing is destroyed."""

    reason: str = Field(examples=["the clock has jumped by 40 d 0 h ahead to 2026-12-31T12:00:00Z"])
    why: Why | None = Field(None, description="`reason` as a code with parameters.")


class StorageView(Response):
    """What storage told last."""

    now: Instant = Field(description="What this service's clock says.")
    heard_at: Instant | None = Field(
        default=None,
        description="Null where it was not heard since this service started. It tells every 5 s.",
    )
    storage_at: Instant | None = Field(
        default=None, description="What storage's clock said at `heard_at`; null where that is not known."
    )
    refused_since: Instant | None = Field(
        default=None,
        description="When this service first heard it refuse: at the earliest when this service started.",
    )
    clock_disputed: bool = Field(
        default=False,
        description="Its clock is one of the reasons: setting it right or confirming it ends that one.",
    )
    refusal: str = Field(
        default="",
        description="Why nothing is destroyed, in English; empty where what is due is.",
        examples=["the clock has jumped by 40 d 0 h ahead to 2026-12-31T12:00:00Z"],
    )
    failure: str = Field(
        default="",
        description="Why destruction fails although nothing refuses it, in English; empty where it does not.",
        examples=["destruction fails: Input/output error"],
    )
    failure_why: Why | None = Field(default=None, description="`failure` as a code with parameters.")
    grounds: list[RefusalGround] = Field(
        default=[], description="`refusal` one by one; empty where storage does not tell them so."
    )
    held_bytes: int | None = Field(
        default=None, description="Kept by holds; null where storage has not told."
    )
    usable_bytes: int | None = Field(default=None, description="What recordings may fill, held or not.")
    held_alarm: str = Field(
        default="", description="Why too much is held, in English; empty where it is not."
    )
    held_alarm_why: Why | None = Field(default=None, description="`held_alarm` as a code with parameters.")


class ClockConfirmation(Request):
    """A person's word about the time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"utc": "2026-11-21T12:00:00Z", "motive": "power cut of two days, checked by phone"}]
        }
    )

    utc: Instant = Field(description="What time it is now, by a clock that is not this machine's.")
    motive: Motive
