"""Whether the wall clock may decide what is destroyed. Pure.

A clock that is wrong destroys what should live, so agreement is only believed of what cannot be wrong in the
same way: a clock that nobody can set, started when the time was trusted. control_room and cameras may follow
the same wrong server as this machine: they can dispute a time, never make it trusted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median_high, median_low

from shared.reasons import Reason, why
from storage.recording.camera_time import MIN_CAMERAS

TOLERANCE_NS = 3600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Excused:
    """Disagreements that a person has seen and found to be the others' fault: their UTC less ours."""

    newest_object_ns: int | None = None
    control_room_ns: int | None = None
    cameras_ns: int | None = None


NOTHING_EXCUSED = Excused()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against the wall clock, all UTC; None where nothing is known.

    `carried_ns` is the last trusted time carried on by a clock that nobody can set. `trusted_ns` is that time
    as it was written down, where the machine was off since. `cameras_ns` is each camera's time now; most are
    right, and one alone says nothing.
    """

    wall_ns: int
    carried_ns: int | None = None
    trusted_ns: int | None = None
    newest_object_ns: int | None = None
    control_room_ns: int | None = None
    cameras_ns: tuple[int, ...] = ()
    excused: Excused = NOTHING_EXCUSED


@dataclass(frozen=True, slots=True)
class Trusted:
    """Nothing disputes the clock."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """`reason` says what disputes it."""

    reason: Reason


def trust(evidence: Evidence) -> Trusted | Disputed:
    """Judge the wall clock by everything that is known."""
    reason = _against_the_past(evidence) or _against_witnesses(evidence)
    return Trusted() if reason is None else Disputed(reason)


def disagreements(evidence: Evidence) -> Excused:
    """What a person excuses who says that the wall clock is right."""
    wall_ns, newest_ns, control_ns, cameras_ns = (
        evidence.wall_ns,
        evidence.newest_object_ns,
        evidence.control_room_ns,
        _of_cameras(evidence),
    )
    return Excused(
        # An object stays where it is: its own time is excused, not how far it is away.
        newest_ns if newest_ns is not None and newest_ns - wall_ns > TOLERANCE_NS else None,
        control_ns - wall_ns if control_ns is not None and abs(control_ns - wall_ns) > TOLERANCE_NS else None,
        cameras_ns - wall_ns if cameras_ns is not None and abs(cameras_ns - wall_ns) > TOLERANCE_NS else None,
    )


def _against_the_past(evidence: Evidence) -> Reason | None:
    wall_ns = evidence.wall_ns
    if evidence.carried_ns is not None:
        off_ns = wall_ns - evidence.carried_ns
        if abs(off_ns) > TOLERANCE_NS:
            return why(
                "clock-jumped",
                "the clock has jumped by {off} to {instant}",
                off=_length(off_ns),
                instant=_text(wall_ns),
            )
        return None
    since, known_ns = "the time last trusted", evidence.trusted_ns
    if known_ns is None:
        since, known_ns = "the newest recording", evidence.newest_object_ns
    if known_ns is not None and abs(wall_ns - known_ns) > TOLERANCE_NS:
        off = _length(wall_ns - known_ns)
        return why(
            "clock-unproven",
            "the clock says {instant}, {off} of {since}: nothing tells how long it was off",
            instant=_text(wall_ns),
            off=off,
            since=since,
        )
    return None


def _against_witnesses(evidence: Evidence) -> Reason | None:
    wall_ns, excused = evidence.wall_ns, evidence.excused
    newest_ns, excused_ns = evidence.newest_object_ns, excused.newest_object_ns
    ahead = newest_ns is not None and newest_ns - wall_ns > TOLERANCE_NS
    if newest_ns is not None and ahead and (excused_ns is None or newest_ns > excused_ns):
        return why(
            "clock-before-recordings",
            "the clock says {instant}, the newest recording is of {other}",
            instant=_text(wall_ns),
            other=_text(newest_ns),
        )
    if _disagrees(evidence.control_room_ns, wall_ns, excused.control_room_ns):
        return why(
            "clock-against-control-room",
            "the clock says {instant}, control_room's says {other}",
            instant=_text(wall_ns),
            other=_text(evidence.control_room_ns or 0),
        )
    cameras_ns = _of_cameras(evidence)
    if _disagrees(cameras_ns, wall_ns, excused.cameras_ns):
        return why(
            "clock-against-cameras",
            "the clock says {instant}, most cameras' pictures are of {other}",
            instant=_text(wall_ns),
            other=_text(cameras_ns or 0),
        )
    return None


def _of_cameras(evidence: Evidence) -> int | None:
    """What the cameras' clocks say: the one in the middle, of two the one nearer to the wall clock, so that
    only more than half of them can dispute it."""
    told_ns, wall_ns = evidence.cameras_ns, evidence.wall_ns
    if len(told_ns) < MIN_CAMERAS:
        return None
    return min(median_low(told_ns), median_high(told_ns), key=lambda ns: abs(ns - wall_ns))


def _disagrees(other_ns: int | None, wall_ns: int, excused_ns: int | None) -> bool:
    if other_ns is None or abs(other_ns - wall_ns) <= TOLERANCE_NS:
        return False
    return excused_ns is None or abs(other_ns - wall_ns - excused_ns) > TOLERANCE_NS


def _length(off_ns: int) -> str:
    seconds = abs(off_ns) // 1_000_000_000
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    length = f"{days} d {hours} h" if days else f"{hours} h {minutes} min"
    return f"{length} {'ahead' if off_ns > 0 else 'back'}"


def _text(utc_ns: int) -> str:
    try:
        return f"{datetime.fromtimestamp(utc_ns // 1_000_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return f"{utc_ns} ns"
