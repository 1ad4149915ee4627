"""What the requisition desk asks storage: what there is of a range, and a signature under a receipt."""

from dataclasses import dataclass
from enum import StrEnum

from shared.instants import Instant


class MissingCause(StrEnum):
    """Why there is no footage of a range.

    OVER: its deadline has come, whether it was recorded or not. TO_COME: it is not recorded yet. NONE:
    nothing was recorded, or it is gone before its deadline, and nobody wrote down why. The others as
    `GapCause` has them.
    """

    OVER = "over"
    TO_COME = "to-come"
    NONE = "none"
    CAMERA = "camera"
    LINK = "link"
    DISK = "disk"
    AUTHORISATION = "authorisation"
    MAINTENANCE = "maintenance"
    RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class SurveyOrder:
    """What is there of [start, end) of some streams? Holds in `but_for` are not counted as keeping it."""

    streams: tuple[str, ...]
    start: Instant
    end: Instant
    but_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """[start, end) in UTC of which there is no footage, and why."""

    start: Instant
    end: Instant
    cause: MissingCause


@dataclass(frozen=True, slots=True)
class StreamSurvey:
    """What there is of one stream. `coverage` is present time over asked time; `bytes` is about what an
    export of it will have.

    `dies_at` is the first deadline of any of it that no hold keeps, None where there is none or holds keep it
    all; `held_by` are the ids of the holds on it. `more` counts missing ranges that are not named.
    """

    stream: str
    bytes: int
    coverage: float
    codecs: tuple[str, ...]
    missing: tuple[Missing, ...]
    more: int
    dies_at: Instant | None
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One answer a stream, in the order asked."""

    streams: tuple[StreamSurvey, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """A package is given to somebody against their signature. `by` is the login of who gives it."""

    export: str
    requisition: str
    file: str
    article: str
    name: str
    capacity: str
    service: str
    medium: str
    at: Instant
    by: str
