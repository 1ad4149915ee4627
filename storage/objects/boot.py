"""Tells how long the machine has run since it was started, sleep included: a clock that nobody can set."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class SinceBoot:
    """`ns` nanoseconds into the run of the machine that `id` names; an empty id is none that is known."""

    id: str
    ns: int


Boot = Callable[[], SinceBoot]


def since_boot() -> SinceBoot:
    """Of this machine."""
    try:
        id = _BOOT_ID.read_text().strip()
    except OSError:
        id = ""
    return SinceBoot(id, time.clock_gettime_ns(time.CLOCK_BOOTTIME))
