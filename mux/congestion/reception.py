"""What a viewer's receiver reports say of one source: loss, jitter, round trip (RFC 3550 section 6.4)."""

from collections import deque

from mux.rtp.rtcp import ReportBlock, SenderReport

_KEPT_REPORTS = 8
_TICKS_PER_MS = 90
# Each report halves what the ones before it weigh: browsers report about once a second.
_WEIGHT = 0.5
_LONGEST_RTT_NS = 60_000_000_000
_BEGINNING_NS = 500_000_000
# Each packet leaves fifteen sixteenths of the jitter before it (RFC 3550 section 6.4.1): 3 % after so many.
_FORGETTING_PACKETS = 56


class Reception:
    """One source as its receiver sees it; None is unknown. Times are monotonic."""

    __slots__ = ("_begun_ns", "_sent", "_settles_at", "heard_ns", "jitter_ms", "loss", "rtt_ms", "total_lost")

    def __init__(self) -> None:
        self.loss: float | None = None
        self.total_lost = 0
        """Packets lost since the source began."""
        self.jitter_ms: float | None = None
        self.rtt_ms: float | None = None
        self.heard_ns: int | None = None
        """When the last report came."""
        # The clock may be set between report and answer, so that their NTP times alone would not do.
        self._sent: deque[tuple[int, int]] = deque(maxlen=_KEPT_REPORTS)
        self._begun_ns = 0
        self._settles_at: int | None = 0

    @property
    def link_jitter_ms(self) -> float | None:
        """The jitter, once it tells of the link: None while what was sent at once at a beginning is in it."""
        return self.jitter_ms if self._settles_at is None else None

    def begun(self, now_ns: int) -> None:
        """A group of pictures goes out at once now, or some of a group, which look very early to who receives
        them."""
        self._begun_ns, self._settles_at = now_ns, 0

    def reported(self, report: SenderReport, now_ns: int) -> None:
        """A report of ours goes out now."""
        self._sent.append((report.middle, now_ns))

    def heard(self, block: ReportBlock, now_ns: int, packets: int) -> None:
        """A receiver report has come, after so many packets sent."""
        self.heard_ns = now_ns
        self._settle(now_ns, packets)
        self.jitter_ms = block.jitter90 / _TICKS_PER_MS
        self.total_lost = block.total_lost
        before = block.fraction_lost if self.loss is None else self.loss
        self.loss = before + (block.fraction_lost - before) * _WEIGHT
        if not block.last_report:
            return
        for middle, sent_ns in self._sent:
            if middle == block.last_report:
                passed_ns = now_ns - sent_ns - int(block.since_report_s * 1e9)
                if 0 <= passed_ns < _LONGEST_RTT_NS:
                    self.rtt_ms = passed_ns / 1e6

    def _settle(self, now_ns: int, packets: int) -> None:
        if self._settles_at is None or now_ns - self._begun_ns < _BEGINNING_NS:
            return
        if not self._settles_at:
            self._settles_at = packets + _FORGETTING_PACKETS
        elif packets >= self._settles_at:
            self._settles_at = None

    def restart(self, now_ns: int) -> None:
        """Another stream is sent on this source: what was lost of the one before says nothing of it."""
        self.loss = None
        self.heard_ns = now_ns
