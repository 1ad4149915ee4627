"""Which mux serves a new viewer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import Unavailable
from shared.reasons import why


class MuxHealth(StrEnum):
    """How a mux answered last. One that is late serves nobody new while another answers in time."""

    LIVING = "living"
    LATE = "late"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mux that may be chosen. `load` is its use as a part of what it may serve, 1 where it is full."""

    url: str
    health: MuxHealth
    load: float
    full: bool = False


def choose(muxes: Sequence[Candidate], avoid: str = "") -> str:
    """The URL of the least loaded mux among those that answer in time and are not `avoid`.

    Where there is no such mux, one that is late is taken, and in the end `avoid` itself. Raises Unavailable
    when no mux lives or all are full.
    """
    there = [mux for mux in muxes if mux.health is not MuxHealth.DEAD]
    if not there:
        raise Unavailable(why("no-mux", "no mux answers: live pictures cannot be shown until one is back"))
    free = [mux for mux in there if not mux.full]
    if not free:
        raise Unavailable(
            why("muxes-full", "every mux already serves as many viewers as it may: try again later")
        )
    return min(free, key=lambda mux: (mux.url == avoid, mux.health is MuxHealth.LATE, mux.load)).url
