"""What a camera's pictures tell of the time."""

from dataclasses import dataclass, replace

from shared.units import AccessUnit, UtcSource

_HEARD_NS = 60_000_000_000
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


@dataclass(frozen=True, slots=True)
class HeardTime:
    """What a picture told, and when it came, on the monotonic clock."""

    told: CameraTime
    at_ns: int

    def now(self, now_ns: int) -> CameraTime | None:
        """Carried on until now; None where it came over a minute ago."""
        age_ns = now_ns - self.at_ns
        return replace(self.told, utc_ns=self.told.utc_ns + age_ns) if age_ns <= _HEARD_NS else None
