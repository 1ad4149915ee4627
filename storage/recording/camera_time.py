"""What a camera's pictures tell of the time."""

from dataclasses import dataclass

from shared.units import AccessUnit, UtcSource

MIN_CAMERAS = 2
"""One camera's clock is wrong too often to stop anything."""


@dataclass(frozen=True, slots=True)
class CameraTime:
    """A UTC, and whether it is of the camera's own clock; else it is of the worker that pulls it."""

    utc_ns: int
    own: bool

    @classmethod
    def of(cls, unit: AccessUnit) -> "CameraTime":
        """The time at which a unit was taken, by the camera where it told."""
        if unit.camera_ahead_ns is not None:
            return cls(unit.utc_ns + unit.camera_ahead_ns, True)
        return cls(unit.utc_ns, unit.utc_source is UtcSource.SENDER_REPORT)
