"""What a viewer's receiver reports say of one source: loss, jitter, round trip (RFC 3550 section 6.4)."""

from collections import deque

from mux.rtcp import ReportBlock, SenderReport

_KEPT_REPORTS = 8
_TICKS_PER_MS = 90
# Each report halves what the ones before it weigh: browsers report about once a second.
_WEIGHT = 0.5
_LONGEST_RTT_NS = 60_000_000_000


class Reception:
    """One source as its receiver sees it; None is unknown. Times are monotonic."""

    __slots__ = ("_sent", "heard_ns", "jitter_ms", "loss", "rtt_ms", "total_lost")

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

    def reported(self, report: SenderReport, now_ns: int) -> None:
        """A report of ours goes out now."""
        self._sent.append((report.middle, now_ns))

    def heard(self, block: ReportBlock, now_ns: int) -> None:
        """A receiver report has come."""
        self.heard_ns = now_ns
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

    def restart(self, now_ns: int) -> None:
        """Another stream is sent on this source: what was lost of the one before says nothing of it."""
        self.loss = None
        self.heard_ns = now_ns
