"""Masks of a redacted copy on the wire."""

from collections.abc import Iterable

from pydantic import Field

from control_room.http.schemas.common import Instant, Line, Request, Response
from shared.masks import MOST_POSITIONS
from shared.messages.storage import MaskPosition, MaskTrack


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


class MaskPositionView(Response):
    """Where a mask is, in fractions of the picture."""

    at: Instant
    x: float
    y: float
    w: float
    h: float


class MaskView(Response):
    """A mask as it was drawn."""

    id: str
    positions: list[MaskPositionView]


class MaskSpanView(Response):
    """When a mask is there, and how many positions it has."""

    id: str
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    positions: int


class MasksView(Response):
    """The masks of a redacted copy of one camera, to be looked at over its pictures."""

    camera: str
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    masks: list[MaskView]


def tracks(masks: Iterable[NewMask]) -> tuple[MaskTrack, ...]:
    """The masks, as storage takes them."""
    return tuple(
        MaskTrack(one.id, tuple(MaskPosition(at.at, at.x, at.y, at.w, at.h) for at in one.positions))
        for one in masks
    )


def mask_views(masks: Iterable[MaskTrack]) -> list[MaskView]:
    """The same going out."""
    return [
        MaskView(
            id=one.id,
            positions=[MaskPositionView(at=at.at, x=at.x, y=at.y, w=at.w, h=at.h) for at in one.positions],
        )
        for one in masks
    ]


def mask_spans(masks: Iterable[MaskTrack]) -> list[MaskSpanView]:
    """What lists say of masks: not where they are."""
    return [
        MaskSpanView(
            id=one.id, start=one.positions[0].at, end=one.positions[-1].at, positions=len(one.positions)
        )
        for one in masks
    ]
