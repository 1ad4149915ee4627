"""One session's pictures on their way: checked, timed, numbered, and given on as units."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ingest.checks.common import Checks, Description, NotDecodable
from ingest.meters import StreamMeters
from ingest.ports import Packet, Pictures, Source
from ingest.state import CameraState
from ingest.timestamps import StandingTime, TimestampGuard, WideJump
from ingest.vigil import BACK, UNTIMED, Vigil
from shared.clock import Clock
from shared.ids import StreamId
from shared.log import Trouble, get_logger
from shared.mediatime import TICKS_PER_SECOND
from shared.units import AccessUnit, UnitBatch, UtcSource

_COUNTS_EVERY = 64
_RATE_WINDOW_S = 2.0


class Sink(Protocol):
    """Who takes the units."""

    def take(self, unit: AccessUnit) -> None: ...

    def take_batch(self, batch: UnitBatch) -> None: ...


class _Run:
    """The units of one run, numbered and timed."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.guard = TimestampGuard()
        self.seq = 0
        self.told: tuple[Description, str] | None = None
        self._window: tuple[int, int] | None = None

    def rate(self, pts90: int) -> float | None:
        """Pictures a second over each full window of media time, None between two windows."""
        if self._window is None:
            self._window = (self.seq, pts90)
            return None
        seq, start90 = self._window
        passed_s = (pts90 - start90) / TICKS_PER_SECOND
        if passed_s < _RATE_WINDOW_S:
            return None
        self._window = (self.seq, pts90)
        return (self.seq - seq) / passed_s


class Pull:
    """The Taker of one session. `well` is whether its camera has been said to be live since the last
    trouble; `keep_pace` is called when `patient` has changed."""

    def __init__(
        self,
        stream: StreamId,
        source: Source,
        checks: Checks,
        vigil: Vigil,
        *,
        new_run: Callable[[], int],
        sink: Sink,
        state: CameraState,
        meters: StreamMeters,
        trouble: Trouble,
        clock: Clock,
        keep_pace: Callable[[], None],
    ) -> None:
        self._stream, self._source, self._checks, self._vigil = stream, source, checks, vigil
        self._new_number, self._sink, self._state = new_run, sink, state
        self._meters, self._trouble, self._clock = meters, trouble, clock
        self._keep_pace = keep_pace
        self._log = get_logger("ingest.streamer")
        self.well = False
        self._run = self._new_run()
        self._standing = StandingTime()
        self._dropped = 0
        self._counted = _COUNTS_EVERY

    @property
    def patient(self) -> bool:
        """Whether pictures may come late: where their arrival is not their time."""
        return not self._standing.replaced

    def packet(self, packet: Packet) -> None:
        """Take one picture."""
        self._count(1)
        checks, vigil, standing = self._checks, self._vigil, self._standing
        if packet.restart:
            self._log.info("sender-changed", stream=str(self._stream))
            self._begin_again()
        elif packet.gap:
            checks.lose_sync()
        now_ns = self._clock.monotonic_ns() - self._source.late_ns
        vigil.received(now_ns)
        if not standing.replaced and standing.begins(packet.pts90, now_ns):
            self._log.info("timestamps-stand", stream=str(self._stream))
            self._begin_again()
            self._keep_pace()
        if standing.replaced:
            packet = replace(packet, pts90=standing.time90(now_ns), utc_ns=None)
        garbage = checks.garbage
        try:
            unit = self._unit(packet)
        except WideJump as jump:
            self._log.info("timestamps-jumped", stream=str(self._stream), seconds=round(jump.seconds, 1))
            self._begin_again()
            unit = self._unit(packet)
        if isinstance(unit, str):
            self._drop(unit)
            vigil.dropped(unit, checks.garbage - garbage)
        else:
            vigil.passed(now_ns, key=unit.key)
            self._told(unit.pts90, len(unit.data), 1)
            self._sink.take(unit)
        self._source.believe(None if standing.replaced else checks.plain)

    def pictures(self, pictures: Pictures) -> None:
        """Take several pictures like `checks.plain`."""
        checks, run, count = self._checks, self._run, len(pictures.ends)
        plain, now_ns = checks.plain, self._clock.monotonic_ns() - self._source.late_ns
        if plain is None or not self._follow(pictures, now_ns, reordered=plain.reordered):
            for packet in pictures.packets():
                self.packet(packet)
            return
        self._count(count)
        self._vigil.received(now_ns, count)
        checks.passed(count)
        self._vigil.passed(now_ns, key=False, count=count)
        batch = UnitBatch(
            self._stream,
            run.number,
            run.seq,
            checks.codec,
            pictures.data,
            pictures.ends,
            pictures.pts90,
            pictures.utc_ns,
            pictures.utc_source,
            pictures.utc_uncertainty_ns,
            plain.reordered,
            pictures.camera_ahead_ns,
        )
        self._told(pictures.pts90[-1], len(pictures.data), count)
        self._sink.take_batch(batch)

    def _follow(self, pictures: Pictures, now_ns: int, *, reordered: bool) -> bool:
        """Whether pictures go on in time after those before."""
        first90, guard = pictures.pts90[0], self._run.guard
        if self._standing.replaced:
            return False
        try:
            if not guard.accepts(first90, reordered=reordered):
                return False
        except WideJump:
            return False
        if self._standing.begins(pictures.pts90[-1], now_ns):
            return False
        guard.went_on(pictures.pts90[-1])
        return True

    def _count(self, count: int) -> None:
        source = self._source
        if source.dropped != self._dropped:
            self._drop("the worker was too slow", source.dropped - self._dropped)
            self._dropped = source.dropped
        self._counted += count
        if self._counted >= _COUNTS_EVERY:
            self._counted = 0
            self._meters.source(source.counts)

    def _new_run(self) -> _Run:
        self._meters.run()
        return _Run(self._new_number())

    def _begin_again(self) -> None:
        self._run = self._new_run()
        self._checks.lose_sync()

    def _unit(self, packet: Packet) -> AccessUnit | str:
        """The packet as the run's next unit, or why it had to be dropped. Raises WideJump."""
        checks, run = self._checks, self._run
        garbage = checks.garbage
        try:
            checked = checks.check(packet.data, packet.nals)
        except NotDecodable as error:
            if packet.pts90 is None:
                return UNTIMED
            return BACK if run.guard.far_behind(packet.pts90) else str(error)
        finally:
            if checks.garbage != garbage:
                self._trouble.count("garbage", checks.garbage - garbage)
        if packet.pts90 is None:
            checks.lose_sync()
            return UNTIMED
        if not run.guard.accepts(packet.pts90, reordered=checked.reordered):
            checks.lose_sync()
            return BACK
        return AccessUnit(
            stream=self._stream,
            run=run.number,
            seq=run.seq,
            pts90=packet.pts90,
            utc_ns=packet.arrival_ns if packet.utc_ns is None else packet.utc_ns,
            utc_source=UtcSource.ARRIVAL if packet.utc_ns is None else packet.utc_source,
            utc_uncertainty_ns=-1 if packet.utc_ns is None else packet.utc_uncertainty_ns,
            key=checked.key,
            codec=checks.codec,
            data=checked.data,
            reordered=checked.reordered,
            recovery=checked.recovery,
            camera_ahead_ns=packet.camera_ahead_ns if packet.utc_ns is None else None,
        )

    def _told(self, pts90: int, size: int, count: int) -> None:
        """Units are given on, the last one of this time: say so where that is news, and number on."""
        run, checks = self._run, self._checks
        known = checks.description
        if not self.well or run.told is None or run.told[0] != known or run.told[1] != checks.advice:
            self._live(known)
        run.seq += count
        rate = run.rate(pts90)
        if rate is not None:
            self._state.measured(rate)
        self._meters.unit(size, count)

    def _live(self, known: Description | None) -> None:
        if known is None or not self._vigil.steady:
            return
        run, info, advice = self._run, self._source.info, self._checks.advice
        self._state.live(
            run.number, replace(info, codec=known.codec, width=known.width, height=known.height), advice
        )
        self._log.info("camera-live", stream=str(self._stream), run=run.number, codec=known.codec)
        run.told = (known, advice)
        self.well = True

    def _drop(self, cause: str, count: int = 1) -> None:
        self._meters.drop(count)
        self._trouble.count(cause, count)
