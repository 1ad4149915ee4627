"""UTC of pictures from the camera's sender reports, with how far it may be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.rtsp.rtcp import SenderReport
from shared.arrival import LOOSE_NS, MAX_DELAY_NS

MAX_OFFSET_NS = 1_000_000_000
"""A camera whose clock is further from ours is not synchronised: arrival is nearer to the truth."""

MAX_AGE_S = 600.0
NEVER_SET_NS = 1_577_836_800_000_000_000
"""A camera that says it is before 2020 was never told the time."""

UPTIME_NS = range(2_085_978_496_000_000_000, 2_117_514_496_000_000_000)
"""The first year of NTP's second era, from February 2036: how long a camera is up that knows no time of day
(RFC 3550, section 6.4.1)."""

_DRIFT_PPM = 200
_MOST_DRIFT_PPM = 50_000
"""Two reports that differ by more tell of a clock that was set."""

_LEAST_BETWEEN_NS = 1_000_000_000
_WRAP, _HALF = 1 << 32, 1 << 31


@dataclass(frozen=True, slots=True)
class MappedUtc:
    """The UTC of a picture, wrong by `uncertainty_ns` at most."""

    utc_ns: int
    uncertainty_ns: int


class UtcMapping:
    """Maps the RTP time of one sender to UTC.

    `offset_ns` is how far the camera's clock seems to be ahead of ours. The quickest picture of the last one
    or two reports tells it, because a picture cannot arrive before it was taken. Let `d` be that picture's
    arrival less the time the camera gives it. The camera's clock is then wrong by something between `d -
    MAX_DELAY_NS` and `d`. The uncertainty of a time is the larger of the two, and 200 millionths of the
    report's age, or as much as the last two reports differ by, because a camera's media clock drifts between
    reports. Where the arrival itself is known to
    LOOSE_NS only, the lower end is so much lower.
    """

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._report: SenderReport | None = None
        self._drift_ppm = _DRIFT_PPM
        self._least: tuple[int, int] | None = None
        self._least_before: tuple[int, int] | None = None

    @property
    def offset_ns(self) -> int | None:
        least = self._quickest()
        return None if least is None else -least[0]

    def ahead_ns(self, arrival_ns: int) -> int | None:
        """`offset_ns` where the camera's clock was ever set."""
        offset_ns = self.offset_ns
        if offset_ns is None:
            return None
        told_ns = arrival_ns + offset_ns
        return None if told_ns < NEVER_SET_NS or told_ns in UPTIME_NS else offset_ns

    def reported(self, report: SenderReport) -> None:
        if self._least is not None:
            self._least_before = self._least
        self._least = None
        self._drift_ppm = self._drift_to(report)
        self._report = report

    def _drift_to(self, report: SenderReport) -> int:
        """How far the media clock went from the camera's own since the last report, in millionths."""
        before = self._report
        if before is None:
            return _DRIFT_PPM
        passed_ns = signed(report.time32 - before.time32) * 1_000_000_000 // self._rate
        if passed_ns < _LEAST_BETWEEN_NS:
            return self._drift_ppm
        seen_ppm = abs(report.utc_ns - before.utc_ns - passed_ns) * 1_000_000 // passed_ns
        return _DRIFT_PPM if seen_ppm > _MOST_DRIFT_PPM else max(_DRIFT_PPM, seen_ppm)

    def forget(self) -> None:
        """Another sender: what was known of the one before is of no use."""
        self._report = self._least = self._least_before = None
        self._drift_ppm = _DRIFT_PPM

    def arrived(self, time32: int, arrival_ns: int, *, loose: bool = False) -> None:
        """Note when a picture arrived; where `loose` it may have been by LOOSE_NS sooner."""
        told = self._told(time32)
        if told is None:
            return
        delay_ns = arrival_ns - told[0]
        sooner_ns = delay_ns - LOOSE_NS if loose else delay_ns
        least = self._least
        self._least = (
            (delay_ns, sooner_ns) if least is None else (min(least[0], delay_ns), min(least[1], sooner_ns))
        )

    def utc_of(self, time32: int, arrival_ns: int | None = None) -> MappedUtc | None:
        """The UTC of a picture, None where no report tells it or the camera's clock cannot be right. Its
        arrival is noted too where it is given."""
        if arrival_ns is not None:
            self.arrived(time32, arrival_ns)
        told = self._told(time32)
        least = self._quickest()
        if told is None or least is None or abs(least[0]) > MAX_OFFSET_NS:
            return None
        wrong_ns = max(abs(least[0]), abs(least[1] - MAX_DELAY_NS))
        return MappedUtc(told[0], wrong_ns + abs(told[1]) * self._drift_ppm // 1_000_000)

    def utc_of_all(self, times32: Sequence[int]) -> tuple[list[int], list[int]] | None:
        """The UTC of pictures that follow each other, at times that grow, and how far each may be wrong; None
        unless all of them are told."""
        first, last = self._told(times32[0]), self._told(times32[-1])
        report, least = self._report, self._quickest()
        if report is None or first is None or last is None or least is None or abs(least[0]) > MAX_OFFSET_NS:
            return None
        ticks = signed(times32[0] - report.time32)
        ages_ns = [
            (ticks + (time32 - times32[0]) % _WRAP) * 1_000_000_000 // self._rate for time32 in times32
        ]
        drift_ppm = self._drift_ppm
        utc_ns, wrong_ns = report.utc_ns, max(abs(least[0]), abs(least[1] - MAX_DELAY_NS))
        return (
            [utc_ns + age_ns for age_ns in ages_ns],
            [wrong_ns + abs(age_ns) * drift_ppm // 1_000_000 for age_ns in ages_ns],
        )

    def _told(self, time32: int) -> tuple[int, int] | None:
        """The time of a picture by the camera's clock, and how long that is after its report; None where it
        tells none, or too long ago."""
        report = self._report
        if report is None:
            return None
        ticks = signed(time32 - report.time32)
        if abs(ticks) > MAX_AGE_S * self._rate:
            self._least = self._least_before = None
            return None
        age_ns = ticks * 1_000_000_000 // self._rate
        return report.utc_ns + age_ns, age_ns

    def _quickest(self) -> tuple[int, int] | None:
        """The least delay, and what it may be less by how loosely arrivals are known; None while unknown."""
        now, before = self._least, self._least_before
        if now is None or before is None:
            return now or before
        return min(now[0], before[0]), min(now[1], before[1])


def signed(ticks: int) -> int:
    """The nearest difference of two 32-bit times."""
    ticks %= _WRAP
    return ticks - _WRAP if ticks >= _HALF else ticks
