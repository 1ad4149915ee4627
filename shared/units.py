"""The access unit: one coded picture on its way from a camera to viewers and disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, dataclass_transform

from shared.ids import StreamId

_Made = TypeVar("_Made")

MAX_REORDER90 = 2 * 90_000
"""How far `pts90` of a reordered stream may be below the greatest before it: 16 pictures at 8 a second."""


class Codec(StrEnum):
    """Codecs a unit may carry. What each service can do with one is its own affair."""

    H264 = "h264"
    H265 = "h265"
    MJPEG = "mjpeg"
    MPEG4 = "mpeg4"

    # Codecs are looked up for each picture, and an enum's own is in Python.
    __hash__ = str.__hash__


class UtcSource(StrEnum):
    """Where a unit's UTC comes from."""

    ARRIVAL = "arrival"
    SENDER_REPORT = "sender_report"


@dataclass_transform(frozen_default=True)
def _made_often(made: type[_Made]) -> type[_Made]:
    """A frozen dataclass to the type checker alone: a frozen one of a picture takes 3 us to make, not 0.5."""
    return dataclass(slots=True, unsafe_hash=True)(made)


@_made_often
class AccessUnit:
    """One coded picture, never changed once made.

    `run` grows by one at each reconnection of the camera, `seq` by one a unit within the run, from 0.
    `pts90` is the unwrapped 90 kHz presentation time, never smaller than the one before in its run, except
    where `reordered` is true: the stream may carry pictures out of the order they are shown in (B-frames),
    units come in the order they are decoded in, and `pts90` may go back, by MAX_REORDER90 at most.
    `utc_ns` is UTC in nanoseconds since 1970 of the capture, as told by `utc_source`,
    wrong by `utc_uncertainty_ns` at most where that is known, -1 where it is not.
    `camera_ahead_ns` is how far the camera's own clock is ahead of the worker's, where the arrival was nearer
    to the truth; None where the camera tells no time, or its time is `utc_ns`.
    `key` is true where decoding can start; such a unit carries its parameter sets. Where it is no key picture
    but a recovery point, its picture and those behind it are incomplete until `recovery` more have been
    decoded: 1 to 255, which stands for that many or more; 0 everywhere else.
    `data` is an Annex B byte stream (H.264, H.265), one JPEG image, or one MPEG-4 Visual picture (ISO/IEC
    14496-2) with its start codes.
    """

    stream: StreamId
    run: int
    seq: int
    pts90: int
    utc_ns: int
    utc_source: UtcSource
    utc_uncertainty_ns: int
    key: bool
    codec: Codec
    data: bytes
    reordered: bool = False
    recovery: int = 0
    camera_ahead_ns: int | None = None


@_made_often
class UnitBatch:
    """Units of one run that follow each other, none of them a key unit: made units only where somebody needs
    them.

    Their bytes lie behind each other in `data`, each up to its `ends`; `seq` is the first one's. The other
    fields are as `AccessUnit` has them, one a unit or the same for all.
    """

    stream: StreamId
    run: int
    seq: int
    codec: Codec
    data: bytes
    ends: Sequence[int]
    pts90: Sequence[int]
    utc_ns: Sequence[int]
    utc_source: UtcSource
    utc_uncertainty_ns: Sequence[int]
    reordered: bool = False
    camera_ahead_ns: int | None = None

    def __len__(self) -> int:
        return len(self.ends)

    def units(self) -> list[AccessUnit]:
        """The units, each with bytes of its own."""
        found: list[AccessUnit] = []
        start = 0
        for place, end in enumerate(self.ends):
            unit = AccessUnit(
                self.stream,
                self.run,
                self.seq + place,
                self.pts90[place],
                self.utc_ns[place],
                self.utc_source,
                self.utc_uncertainty_ns[place],
                False,
                self.codec,
                self.data if len(self.ends) == 1 else self.data[start:end],
                self.reordered,
                camera_ahead_ns=self.camera_ahead_ns,
            )
            found.append(unit)
            start = end
        return found
