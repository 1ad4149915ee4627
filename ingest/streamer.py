"""Pulls one camera: opens it, checks what comes, gives it on as units, and starts again for ever."""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import NoReturn

from ingest.checks.choice import checks_for
from ingest.meters import StreamMeters
from ingest.ports import CameraAddress, Opener, Pace, Source, SourceError
from ingest.pull import Pull, Sink
from ingest.rounds import Rounds, Watch
from ingest.runs import RunNumbers
from ingest.state import CameraState
from ingest.vigil import LOOK_EVERY_S, Habits, Vigil
from shared.backoff import Backoff
from shared.clock import Clock
from shared.ids import StreamId
from shared.log import Trouble, get_logger

_GOOD_RUN_S = 10.0
_LATE_NS = 500_000_000
"""Who looks later than that was late with pictures too."""


class Streamer:
    """One camera's puller. `run` never ends by itself; `run_once` pulls until something fails and says it.

    `pace` says how long who reads the stream can wait; call `keep_pace` when it would say something else.
    """

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
        rounds: Rounds,
        pace: Callable[[], Pace],
    ) -> None:
        self._stream, self._address = stream, address
        self._opener, self._runs, self._sink = opener, runs, sink
        self._state, self._meters, self._clock = state, meters, clock
        self._log = get_logger("ingest.streamer")
        self._trouble = Trouble(get_logger(f"ingest.streamer {stream}"), "unit-dropped", clock)
        self._habits = Habits()
        self._rounds, self._pace = rounds, pace
        self._source: Source | None = None
        self._pull: Pull | None = None
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

    def keep_pace(self) -> None:
        """Let the camera be read at once or by turns, as is right now."""
        if self._source is not None:
            patient = self._pull is None or self._pull.patient
            self._source.keep(self._pace() if patient else Pace.AT_ONCE)

    async def run_once(self) -> None:
        """Open the camera and give on its units. Ends only by raising SourceError."""
        source = await self._opener.open(self._address)
        self._meters.opened()
        vigil = Vigil(self._habits, source.info.fps, lambda: source.silence, self._clock.monotonic_ns())
        fault: asyncio.Future[NoReturn] = asyncio.get_running_loop().create_future()
        watch: Watch | None = None
        try:
            pull = self._pull = self._begun(source, vigil)
            self._source = source
            self.keep_pace()
            watch = self._rounds.watch(
                lambda now_ns, late_ns: self._look(source, pull, vigil, now_ns, late_ns),
                fault.set_exception,
                LOOK_EVERY_S,
            )
            await _first(source.feed(pull), fault)
        finally:
            self._source = self._pull = None
            if watch is not None:
                watch.end()
            source.close()
            self._meters.source(source.counts)
            self._trouble.flush()

    def _begun(self, source: Source, vigil: Vigil) -> Pull:
        return Pull(
            self._stream,
            source,
            checks_for(source.info),
            vigil,
            new_run=lambda: self._runs.next(self._stream),
            sink=self._sink,
            state=self._state,
            meters=self._meters,
            trouble=self._trouble,
            clock=self._clock,
            keep_pace=self.keep_pace,
        )

    def _look(self, source: Source, pull: Pull, vigil: Vigil, now_ns: int, late_ns: int) -> float | None:
        """Tell what is wrong as soon as no picture is given on, and end the session where that may help."""
        if late_ns > _LATE_NS:
            vigil.forgive(late_ns)
        if vigil.misses(now_ns):
            # What has come and nobody has read yet may say otherwise.
            source.catch_up()
        finding = vigil.look(source.counts, now_ns)
        if finding is None:
            return vigil.next_look_s(now_ns)
        pull.well = False
        if finding.error is not None:
            source.fail(finding.error)
            return None
        if self._state.to(finding.status, finding.reason):
            self._log.warning(
                "camera-not-live",
                stream=str(self._stream),
                status=finding.status.value,
                reason=finding.reason.text,
            )
        return LOOK_EVERY_S


async def _first(feeding: Coroutine[None, None, NoReturn], fault: asyncio.Future[NoReturn]) -> NoReturn:
    """Feed until that ends, or the watch over it does. Raises what ended it."""
    task = asyncio.get_running_loop().create_task(feeding)
    try:
        await asyncio.wait((task, fault), return_when=asyncio.FIRST_COMPLETED)
        await (fault if fault.done() else task)
    finally:
        task.cancel()
    raise AssertionError("neither ends but by raising")
