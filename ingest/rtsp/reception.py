"""What receiver reports tell of a sender, kept while its packets come (RFC 3550, sections 6.4.1 and A.8)."""

from ingest.rtsp.rtcp import Reception, SenderReport

_WRAP = 1 << 32


class Receptions:
    """The reception of one sender, from one report to the next. `clock_rate` is that of its media time."""

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._report: SenderReport | None = None
        self._report_ns = 0
        self._told = (0, 0)
        self._transit: int | None = None
        self._jitter = 0.0

    def forget(self) -> None:
        """Another sender: its packets are counted anew."""
        self._report = self._transit = None
        self._told = (0, 0)

    def reported(self, report: SenderReport, now_ns: int) -> None:
        self._report, self._report_ns = report, now_ns

    def began(self, arrival_ns: int, time32: int) -> None:
        """Note when a picture of this time began to arrive: packets of one picture leave together."""
        transit = arrival_ns * self._rate // 1_000_000_000 - time32
        if self._transit is not None:
            step = (transit - self._transit) % _WRAP
            step = min(step, _WRAP - step)
            self._jitter += (step - self._jitter) / 16
        self._transit = transit

    def tell(self, ssrc: int, expected: int, lost: int, highest: int, now_ns: int) -> Reception:
        """The report of now; the next one tells of what comes after it."""
        new_expected, new_lost = expected - self._told[0], lost - self._told[1]
        self._told = (expected, lost)
        report, delay = self._report, 0
        if report is not None:
            delay = (now_ns - self._report_ns) * 65536 // 1_000_000_000
        return Reception(
            ssrc,
            min(255, new_lost * 256 // new_expected) if new_expected > 0 else 0,
            lost,
            highest,
            int(self._jitter),
            report.middle32 if report is not None else 0,
            delay,
        )
