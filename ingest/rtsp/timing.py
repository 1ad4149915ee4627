"""When the packets of one sender come, and what that tells of its pictures' times."""

from collections.abc import Sequence

from ingest.rtsp.arrivals import Arrivals
from ingest.rtsp.reception import Receptions
from ingest.rtsp.utc_mapping import MappedUtc, UtcMapping
from shared.clock import Clock


class Timing:
    """Notes when reads come and pictures begin; `mapping` and `receptions` learn from it.

    `heard_ns` is when the last packets came; `begun_ns` (UTC) and `begun_at_ns` (monotonic) are when the last
    picture began to, `interval_ns` is the time between the last two. `late_ns` is how long before it was read
    what was read last had come. While `calm`, reads bring what came since the one before; when each of their
    pictures came is not known, but for the last one's.
    """

    def __init__(self, clock_rate: int, clock: Clock) -> None:
        self._clock = clock
        self.mapping, self.receptions = UtcMapping(clock_rate), Receptions(clock_rate)
        self._arrivals = Arrivals(clock_rate)
        self.heard_ns, self._arrival_ns = clock.monotonic_ns(), clock.utc_ns()
        self.begun_ns = self.begun_at_ns = self.interval_ns = self.late_ns = 0
        self.calm = self._was_calm = False

    def arrived(self, ago_ns: int | None) -> None:
        """What comes next has arrived now, or since the last read and by `ago_ns` (up to LOOSE_NS sooner)."""
        self.calm, self.late_ns = ago_ns is not None, ago_ns or 0
        self._arrival_ns = self._clock.utc_ns() - self.late_ns
        self.heard_ns = self._clock.monotonic_ns() - self.late_ns
        if self.calm or self._was_calm:
            self._arrivals.read(self._arrival_ns)
        self._was_calm = self.calm

    def read(self) -> None:
        """All of a calm read has been taken: which picture came last is known now."""
        time32 = self._arrivals.newest()
        if time32 is not None:
            self.receptions.began(self._arrival_ns, time32)
            self.mapping.arrived(time32, self._arrival_ns, loose=True)

    def begin(self, time32: int) -> None:
        """A picture of this time begins."""
        arrival_ns, at_ns = self._arrival_ns, self.heard_ns
        if self.calm:
            arrival_ns = self._arrivals.begin(time32)
            at_ns -= self._arrival_ns - arrival_ns
        else:
            self.receptions.began(arrival_ns, time32)
            self._arrivals.came(time32, arrival_ns)
        self._begun(arrival_ns, at_ns)

    def begin_all(self, times32: Sequence[int]) -> list[int]:
        """Pictures of these times begin, one behind the other; when they did."""
        if not self.calm:
            for time32 in times32:
                self.begin(time32)
                self.mapping.arrived(time32, self.begun_ns)
            return [self.begun_ns] * len(times32)
        arrivals_ns, offset_ns = self._arrivals.begin_all(times32), self.heard_ns - self._arrival_ns
        for arrival_ns in arrivals_ns[-2:]:
            self._begun(arrival_ns, arrival_ns + offset_ns)
        return arrivals_ns

    def utc_of(self, time32: int) -> MappedUtc | None:
        """The UTC of the picture that began last, where the camera tells it."""
        return self.mapping.utc_of(time32, None if self.calm else self.begun_ns)

    def forget(self) -> None:
        """Another sender: what was known of the one before is of no use."""
        self.mapping.forget()
        self.receptions.forget()

    def _begun(self, arrival_ns: int, at_ns: int) -> None:
        self.interval_ns = at_ns - self.begun_at_ns
        self.begun_ns, self.begun_at_ns = arrival_ns, at_ns
