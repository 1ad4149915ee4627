"""Whose packets a camera's are, when its SSRC changes or somebody else sends too (RFC 3550, section 8.2)."""

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum, auto

from ingest.ports import SourceCounts

SENDER_SILENT_NS = 1_000_000_000
"""After so long without a picture of the sender, another one takes its place."""

MOST_HELD_BYTES = 8 << 20
_MOST_RIVALS = 16


class Change(Enum):
    """What becomes of a packet of another sender than ours."""

    NONE = auto()
    """It is somebody else's: passed over."""
    HELD = auto()
    """It may be the camera's under a new name: kept until that is known."""
    GOES_ON = auto()
    """It is the camera's, and goes on where the packet before ended."""
    FOLLOWS = auto()
    """It and those held are the camera's: to be taken in order."""
    ANEW = auto()
    """Ours is silent: another one begins from nothing."""


@dataclass(frozen=True, slots=True)
class Ours:
    """How our sender stands when another one's packet comes.

    `taken` counts its packets; `between` is whether no picture of it has begun without having ended;
    `quiet_ns` is how long ago its last picture began, `interval_ns` the time between its last two.
    """

    expected: int
    taken: int
    between: bool
    quiet_ns: int
    interval_ns: int


@dataclass(slots=True)
class _Held:
    ssrc: int
    taken: int
    packets: list[bytes] = field(default_factory=list)
    size: int = 0


class Senders:
    """Tells a camera that changed its SSRC from a second sender beside it.

    A camera that changed its SSRC sends under one SSRC only: either its packets' numbers go on, or the old
    SSRC falls silent. Packets of a new SSRC whose numbers do not go on are therefore held until the known
    sender has missed a picture. If the known sender speaks meanwhile, the other one is a rival, and is heard
    only once the known sender is silent.
    """

    def __init__(self, counts: SourceCounts) -> None:
        self._counts = counts
        self._held: _Held | None = None
        self._rivals: OrderedDict[int, None] = OrderedDict()

    @property
    def alone(self) -> bool:
        """Whether no other sender has been heard beside ours lately."""
        return self._held is None and not self._rivals

    def other(self, ssrc: int, sequence: int, packet: bytes, ours: Ours, *, ended: bool) -> Change:
        """What becomes of a packet that is not of our sender; `ended` is whether that said goodbye."""
        if self._held is not None and self._held.taken != ours.taken:
            self._rival(self._held.ssrc)
        if ended or ours.quiet_ns >= SENDER_SILENT_NS:
            return self._silent(ssrc, packet)
        if ssrc in self._rivals:
            return self._foreign()
        if self._held is None and ours.between and sequence == ours.expected:
            return Change.GOES_ON
        if not self._holds(ssrc, packet, ours):
            return self._foreign()
        missed_ns = ours.interval_ns * 3 // 2
        return Change.FOLLOWS if 0 < missed_ns <= ours.quiet_ns else Change.HELD

    def release(self) -> list[bytes]:
        """The packets held, in order; none is held afterwards."""
        held, self._held = self._held, None
        return [] if held is None else held.packets

    def drop(self) -> None:
        """Those held are somebody else's."""
        self._counts.foreign += len(self.release())

    def _foreign(self) -> Change:
        self._counts.foreign += 1
        return Change.NONE

    def _silent(self, ssrc: int, packet: bytes) -> Change:
        self._rivals.clear()
        if self._held is None or self._held.ssrc != ssrc:
            self.drop()
            return Change.ANEW
        self._keep(self._held, packet)
        return Change.FOLLOWS

    def _holds(self, ssrc: int, packet: bytes, ours: Ours) -> bool:
        if self._held is None:
            self._held = _Held(ssrc, ours.taken)
        elif self._held.ssrc != ssrc:
            # Two strangers at once: neither can be told from the camera.
            return False
        self._keep(self._held, packet)
        return True

    def _keep(self, held: _Held, packet: bytes) -> None:
        if held.size + len(packet) > MOST_HELD_BYTES:
            # A picture is never so large: what is held is given up, and begins with what comes.
            self._counts.foreign += len(held.packets)
            held.packets.clear()
            held.size = 0
        held.packets.append(packet)
        held.size += len(packet)

    def _rival(self, ssrc: int) -> None:
        self.drop()
        self._rivals[ssrc] = None
        while len(self._rivals) > _MOST_RIVALS:
            self._rivals.popitem(last=False)
