"""Masks of a redacted copy, as somebody drew them: whether a copy may be made with them. Pure."""

from collections.abc import Sequence
from datetime import datetime

from shared.errors import BadInput
from shared.masks import Box, Position, Track, check_tracks
from shared.messages.storage import MaskTrack
from shared.reasons import why
from shared.utc import ns_of


def check_masks(masks: Sequence[MaskTrack], cameras: int, start: datetime, end: datetime) -> None:
    """Return where a copy of [start, end) of so many cameras may have these masks, or none at all.

    Raises BadInput at `masks`.
    """
    if not masks:
        return
    if cameras != 1:
        raise BadInput(why("redaction-one-camera", "a redacted copy is of one camera"), "masks")
    check_tracks([_track(one) for one in masks])
    for one in masks:
        if one.positions[-1].at < start or end <= one.positions[0].at:
            raise BadInput(
                why("mask-elsewhere", "mask {mask} covers nothing of the range", mask=one.id), "masks"
            )


def _track(mask: MaskTrack) -> Track:
    return Track(tuple(Position(ns_of(one.at), Box(one.x, one.y, one.w, one.h)) for one in mask.positions))
