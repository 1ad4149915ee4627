"""What the receiver reports of a simulated browser are made of (RFC 3550 sections 6.4 and A.3)."""

import struct


class Tally:
    """Counts the packets of one source."""

    def __init__(self) -> None:
        self.received = 0
        self._first = 0
        self._cycles = 0
        self._told = (0, 0)
        self._heard: tuple[int, int] | None = None

    def began(self, sequence: int) -> None:
        """The source's first packet has come."""
        self._first = sequence

    def went_on(self, before: int, sequence: int) -> None:
        """The newest packet is another one."""
        self._cycles += sequence < before

    def heard(self, report: bytes, now_ns: int) -> None:
        """A sender report has come."""
        self._heard = int.from_bytes(report[10:14], "big"), now_ns

    def report(self, ssrc: int, newest: int, now_ns: int) -> bytes:
        """A receiver report; the share that is lost begins anew with it."""
        highest = (self._cycles << 16) + newest
        expected = highest - self._first + 1
        lost = max(0, expected - self.received)
        since = expected - self._told[0], expected - self.received - self._told[1]
        self._told = expected, expected - self.received
        share = min(255, max(0, since[1]) * 256 // since[0]) if since[0] > 0 else 0
        heard, delay = 0, 0
        if self._heard is not None:
            heard, delay = self._heard[0], (now_ns - self._heard[1]) * 65536 // 10**9
        block = struct.pack(">IIIIII", ssrc, share << 24 | lost, highest, 0, heard, delay)
        return struct.pack(">BBHI", 0x81, 201, 7, 1) + block
