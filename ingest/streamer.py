"""Pulls one camera: opens it, checks what comes, gives it on as units, and starts again for ever."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from random import Random

from ingest.checks.choice import checks_for
from ingest.checks.common import Checks, Description, NotDecodable
from ingest.meters import StreamMeters
from ingest.ports import (
    CameraAddress,
    Opener,
    Packet,
    Source,
    SourceError,
    StreamInfo,
)
from ingest.runs import RunNumbers
from ingest.state import CameraState
from ingest.timestamps import StandingTime, TimestampGuard, WideJump
from ingest.vigil import BACK, UNTIMED, Habits, Vigil
from shared.backoff import Backoff
from shared.clock import Clock
from shared.ids import StreamId
from shared.log import Trouble, get_logger
from shared.mediatime import TICKS_PER_SECOND
from shared.units import AccessUnit, UtcSource

_GOOD_RUN_S = 10.0
_COUNTS_EVERY = 64
_RATE_WINDOW_S = 2.0
_LOOK_EVERY_S = 0.25
_LATE_NS = 500_000_000
"""Who looks later than that was late with pictures too."""

Sink = Callable[[AccessUnit], None]


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


class Streamer:
    """One camera's puller. `run` never ends by itself; `run_once` pulls until something fails and says it."""

    def __init__(
        self,
        stream: StreamId,
        address: CameraAddress,
        *,
        opener: Opener,
        runs: RunNumbers,
        sink: Sink,
        state: CameraState,
        meters: StreamMeters,
        clock: Clock,
        random: Random,
    ) -> None:
        self._stream, self._address = stream, address
        self._opener, self._runs, self._sink = opener, runs, sink
        self._state, self._meters, self._clock = state, meters, clock
        self._log = get_logger("ingest.streamer")
        self._trouble = Trouble(get_logger(f"ingest.streamer {stream}"), "unit-dropped", clock)
        self._habits = Habits()
        self._well = False
        self._quick = Backoff(random=random)
        # What only a person can cure is asked less often: cameras lock accounts, and links are thin.
        self._slow = Backoff(first_s=15.0, limit_s=60.0, random=random)

    async def run(self) -> None:
        """Pull the camera for ever."""
        while True:
            started_ns = self._clock.monotonic_ns()
            try:
                await self.run_once()
            except SourceError as error:
                news = self._state.to(error.shows, error.reason)
                if (self._clock.monotonic_ns() - started_ns) / 1e9 >= _GOOD_RUN_S:
                    self._quick.reset()
                wait_s = (self._slow if error.settled else self._quick).next_s()
                if news:
                    self._log.warning(
                        "camera-lost", stream=str(self._stream), status=error.shows.value, reason=error.detail
                    )
            await self._clock.sleep(wait_s)

    async def run_once(self) -> None:
        """Open the camera and give on its units. Ends only by raising SourceError."""
        source = await self._opener.open(self._address)
        self._meters.opened()
        vigil = Vigil(self._habits, source.info.fps, lambda: source.silence, self._clock.monotonic_ns())
        watching = asyncio.get_running_loop().create_task(self._watch(source, vigil))
        try:
            await self._pull(source, vigil)
        finally:
            watching.cancel()
            source.close()
            self._meters.source(source.counts)
            self._trouble.flush()

    async def _watch(self, source: Source, vigil: Vigil) -> None:
        """Tell what is wrong as soon as no picture is given on, and end the session where that may help."""
        before_ns = self._clock.monotonic_ns()
        while True:
            await self._clock.sleep(_LOOK_EVERY_S)
            now_ns = self._clock.monotonic_ns()
            late_ns = now_ns - before_ns - int(_LOOK_EVERY_S * 1e9)
            before_ns = now_ns
            if late_ns > _LATE_NS:
                vigil.forgive(late_ns)
            finding = vigil.look(source.counts, now_ns)
            if finding is None:
                continue
            self._well = False
            if finding.error is not None:
                source.fail(finding.error)
                return
            if self._state.to(finding.status, finding.reason):
                self._log.warning(
                    "camera-not-live",
                    stream=str(self._stream),
                    status=finding.status.value,
                    reason=finding.reason.text,
                )

    async def _pull(self, source: Source, vigil: Vigil) -> None:
        info = source.info
        checks = checks_for(info)
        run = self._new_run()
        self._well = False
        standing = StandingTime()
        dropped = 0
        while True:
            packet = await source.next()
            if source.dropped != dropped:
                self._drop("the worker was too slow", source.dropped - dropped)
                dropped = source.dropped
            if run.seq % _COUNTS_EVERY == 0:
                self._meters.source(source.counts)
            if packet.restart:
                self._log.info("sender-changed", stream=str(self._stream))
                run = self._new_run()
                checks.lose_sync()
            elif packet.gap:
                checks.lose_sync()
            now_ns = self._clock.monotonic_ns()
            vigil.received(now_ns)
            if not standing.replaced and standing.begins(packet.pts90, now_ns):
                self._log.info("timestamps-stand", stream=str(self._stream))
                run = self._new_run()
                checks.lose_sync()
            if standing.replaced:
                packet = replace(packet, pts90=standing.time90(now_ns), utc_ns=None)
            garbage = checks.garbage
            try:
                unit = self._unit(run, checks, packet)
            except WideJump as jump:
                self._log.info("timestamps-jumped", stream=str(self._stream), seconds=round(jump.seconds, 1))
                run = self._new_run()
                checks.lose_sync()
                unit = self._unit(run, checks, packet)
            if isinstance(unit, str):
                self._drop(unit)
                vigil.dropped(unit, checks.garbage - garbage)
                continue
            vigil.passed(now_ns, key=unit.key)
            self._give(run, unit, info, checks, steady=vigil.steady)

    def _new_run(self) -> _Run:
        self._meters.run()
        return _Run(self._runs.next(self._stream))

    def _unit(self, run: _Run, checks: Checks, packet: Packet) -> AccessUnit | str:
        """The packet as the run's next unit, or why it had to be dropped. Raises WideJump."""
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

    def _give(self, run: _Run, unit: AccessUnit, info: StreamInfo, checks: Checks, *, steady: bool) -> None:
        known, advice = checks.description, checks.advice
        if steady and known is not None and (not self._well or run.told != (known, advice)):
            self._state.live(
                run.number,
                replace(info, codec=known.codec, width=known.width, height=known.height),
                advice,
            )
            self._log.info("camera-live", stream=str(self._stream), run=run.number, codec=known.codec)
            run.told = (known, advice)
            self._well = True
        run.seq += 1
        rate = run.rate(unit.pts90)
        if rate is not None:
            self._state.measured(rate)
        self._meters.unit(len(unit.data))
        self._sink(unit)

    def _drop(self, cause: str, count: int = 1) -> None:
        self._meters.drop(count)
        self._trouble.count(cause, count)
