"""What is handed out to prove that a camera's images of some time are gone: a file of JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.errors import BadInput
from shared.evidence import fields
from shared.evidence.ledger import (
    CameraDay,
    Capture,
    Day,
    Destroyed,
    SignedHead,
    camera_day_of,
    camera_day_told,
    capture_of,
    capture_told,
    day_read,
    day_told,
    destroyed_of,
    destroyed_told,
)
from shared.spans import Span
from shared.utc import instant_of

PROOF_FORMAT = "beffroi-destruction-1"


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of the proof: all its cameras by (name, body), sorted, and what there is of the one in question.

    `captures` and `destroyed` are None where the single segments are no longer kept: sizes and roots remain.
    """

    day: str
    cameras: tuple[tuple[str, str], ...]
    camera_day: CameraDay | None
    captures: tuple[Capture, ...] | None
    destroyed: tuple[Destroyed, ...] | None


@dataclass(frozen=True, slots=True)
class DestructionProof:
    """Of one stream and range. `days` are all days of the head, `shown` those that may have images of it."""

    stream: str
    span: Span
    head: SignedHead
    days: tuple[Day, ...]
    shown: tuple[ShownDay, ...]

    def written(self) -> bytes:
        """The file."""
        told = {
            "format": PROOF_FORMAT,
            "stream": self.stream,
            "from": instant_of(self.span.start_ns).isoformat(),
            "to": instant_of(self.span.end_ns).isoformat(),
            "from_ns": self.span.start_ns,
            "to_ns": self.span.end_ns,
            "head": self.head.told(),
            "days": [day_told(day) for day in self.days],
            "shown": [_shown_told(one) for one in self.shown],
        }
        return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def read(cls, body: bytes) -> "DestructionProof":
        """The proof that a file holds. Raises BadInput where it holds none."""
        told = fields.parsed(body)
        if told.get("format") != PROOF_FORMAT:
            raise BadInput("this is not a proof of destruction")
        stream = fields.text(told.get("stream"))
        span = Span(fields.number(told.get("from_ns")), fields.number(told.get("to_ns")))
        return cls(
            stream=stream,
            span=span,
            head=SignedHead.of(told.get("head")),
            days=tuple(day_read(one) for one in fields.items(told.get("days"))),
            shown=tuple(_shown_of(one, stream) for one in fields.items(told.get("shown"))),
        )


def day_at(utc_ns: int) -> str:
    """The UTC day of an instant, `YYYYMMDD`."""
    return f"{instant_of(utc_ns):%Y%m%d}"


def days_of(span: Span) -> list[str]:
    """The UTC days on which a segment may have begun that has something of a range: its own, and the one
    before, for no segment is as long as a day."""
    first = instant_of(span.start_ns).date() - timedelta(days=1)
    last = instant_of(max(span.start_ns, span.end_ns - 1)).date()
    return [f"{first + timedelta(days=number):%Y%m%d}" for number in range((last - first).days + 1)]


def _shown_told(shown: ShownDay) -> dict[str, object]:
    return {
        "day": shown.day,
        "cameras": [list(one) for one in shown.cameras],
        "camera_day": None if shown.camera_day is None else camera_day_told(shown.camera_day),
        "captures": None if shown.captures is None else [capture_told(one) for one in shown.captures],
        "destroyed": None if shown.destroyed is None else [destroyed_told(one) for one in shown.destroyed],
    }


def _shown_of(value: object, stream: str) -> ShownDay:
    told = fields.members(value)
    camera_day, captured = told.get("camera_day"), told.get("captures")
    known = None if camera_day is None else camera_day_of(camera_day)
    captures = None if captured is None else tuple(capture_of(one) for one in fields.items(captured))
    destroyed: tuple[Destroyed, ...] | None = None
    if captures is not None:
        # As the camera's own that is shown: a leaf of another then fits no root of it.
        owner = stream if known is None else known.stream
        ends = fields.items(told.get("destroyed"))
        destroyed = tuple(destroyed_of(one, owner, captures) for one in ends)
    cameras = tuple(_pair(one) for one in fields.items(told.get("cameras")))
    return ShownDay(fields.text(told.get("day")), cameras, known, captures, destroyed)


def _pair(value: object) -> tuple[str, str]:
    told: Sequence[object] = fields.items(value)
    if len(told) != 2:
        raise BadInput("a camera is told by two hashes")
    return fields.hash_text(told[0]), fields.hash_text(told[1])
