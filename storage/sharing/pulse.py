"""Tells which of the other processes live, by how their rows change. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage.index.leases import Beat

LAPSE_NS = 6_000_000_000
"""A process whose row has been watched so long without a change holds nothing any more."""
TRUST_NS = 4_500_000_000
"""So long after it began a renewal that succeeded a process is sure that nobody has taken what it holds."""
LOOK_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Watched:
    beat: Beat
    still_ns: int


class Pulse:
    """Judges by the watcher's monotonic clock alone: no clock is compared with another's, and none that is
    set counts.

    Only the time between two looks in a row counts, and of that no more than twice the usual: a watcher that
    was frozen, or did not reach the index, has watched nobody meanwhile.
    """

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}
        self._looked_ns: int | None = None

    def see(self, beats: Mapping[str, Beat], now_ns: int) -> frozenset[str]:
        """Look at all rows; the names of those that live, one that was never seen before among them."""
        since_ns = 0 if self._looked_ns is None else max(0, now_ns - self._looked_ns)
        passed_ns, self._looked_ns = min(since_ns, 2 * LOOK_NS), now_ns
        before, self._watched = self._watched, {}
        for name, beat in beats.items():
            known = before.get(name)
            still_ns = known.still_ns + passed_ns if known is not None and known.beat == beat else 0
            self._watched[name] = _Watched(beat, still_ns)
        return frozenset(name for name, one in self._watched.items() if one.still_ns < LAPSE_NS)
