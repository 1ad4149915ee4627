"""The numbers of one sender's packets: which comes next, what is missing, what is late (RFC 3550, A.1)."""

from ingest.ports import SourceCounts

_LATE_IN_A_ROW = 16


class Numbering:
    """`expected` is the number of the next packet, -1 before the first; `taken` and `missed` count packets
    since `begin`."""

    __slots__ = ("_counts", "_first", "_late", "_late_after", "expected", "missed", "taken")

    def __init__(self, counts: SourceCounts) -> None:
        self._counts = counts
        self.expected = -1
        self.taken = self.missed = self._first = 0
        self._late = self._late_after = 0

    def begin(self, sequence: int) -> None:
        """The first packet of a sender has this number."""
        self._first = self.expected = sequence
        self.taken = self.missed = 0

    def took(self, sequence: int) -> None:
        """The packet of this number is taken."""
        self.expected = (sequence + 1) & 0xFFFF
        self.taken += 1

    def took_all(self, packets: int) -> None:
        """So many packets that follow each other are taken."""
        self.expected = (self.expected + packets) & 0xFFFF
        self.taken += packets

    def skips_to(self, sequence: int) -> bool:
        """Whether a packet of another number than expected comes behind others that are missing.

        False for one that comes late or twice, until nothing else comes: the sender counts anew.
        """
        gap = (sequence - self.expected) & 0xFFFF
        if gap >= 0x8000:
            self._late = self._late + 1 if self._late_after == self.taken else 1
            self._late_after = self.taken
            if self._late < _LATE_IN_A_ROW:
                self._counts.late += 1
                return False
            gap = 1
        self._late = 0
        self._counts.lost += gap
        self.missed += gap
        return True

    @property
    def sent(self) -> int:
        """How many packets the sender must have sent."""
        return self.taken + self.missed

    @property
    def highest(self) -> int:
        """The highest number, counted on where it begins anew."""
        return self._first + self.sent - 1
