"""What makes a package a redacted copy: its masks, the original it is one of, and what its manifest tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.errors import BadInput
from shared.evidence.manifest import SealedVideo
from shared.masks import Box, Position, Track, check_tracks
from shared.messages.storage import ExportOrder, MaskTrack
from shared.reasons import why
from storage.exports.original import Original, segments_of
from storage.exports.redaction import Spawn
from storage.exports.redactor_process import RedactorProcess
from storage.model.instants import ns_from_datetime


def tracks_of(masks: tuple[MaskTrack, ...]) -> tuple[Track, ...]:
    """The masks of an order as they are drawn. Raises BadInput."""
    tracks = tuple(
        Track(
            tuple(
                Position(ns_from_datetime(at.at, "masks"), Box(at.x, at.y, at.w, at.h))
                for at in mask.positions
            )
        )
        for mask in masks
    )
    check_tracks(tracks)
    return tracks


def check_redaction(order: ExportOrder) -> None:
    """Raises BadInput where the masks of an order cannot be drawn."""
    if order.original and not order.masks:
        raise BadInput(why("redaction-no-masks", "a redacted copy has at least one mask"), "masks")
    if order.masks and len(order.cameras) != 1:
        raise BadInput(why("redaction-one-camera", "a redacted copy is of one camera"), "cameras")
    tracks_of(order.masks)


@dataclass(slots=True)
class RedactedCopy:
    """Of one package: `told` grows with each film."""

    tracks: tuple[Track, ...]
    original: Original | None
    spawn: Spawn = RedactorProcess
    films: list[dict[str, object]] = field(default_factory=list)

    def add(self, name: str, native: SealedVideo, left_out: int) -> None:
        """A film of this name was made of a native one. Raises Conflict where the original has another."""
        original = None if self.original is None else self.original.film_of(native)
        self.films.append(
            {
                "name": name,
                "original": None if original is None else {"name": original.name, "sha256": original.sha256},
                "recorded": [{"recorded": key, "sha256": digest} for key, digest in segments_of(native)],
                "pictures": native.samples,
                "pictures_left_out": left_out,
            }
        )

    def told(self, requested_by: str) -> Mapping[str, object]:
        """What the manifest says of it."""
        original = self.original
        return {
            "redacted": True,
            "original": None if original is None else {"export": original.export, "sha256": original.sha256},
            "masks": len(self.tracks),
            "requested_by": requested_by,
            "method": "boxes filled with black, then coded anew as H.264",
            "films": self.films,
        }


def redacted_copy(order: ExportOrder, original: Original | None, spawn: Spawn) -> "RedactedCopy | None":
    """What an order wants, None where it wants the pictures as they are."""
    return RedactedCopy(tracks_of(order.masks), original, spawn) if order.masks else None
