"""All cameras of the worker: starts, restarts and stops streamers so that they are the wanted ones."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from ingest.meters import Meters, StreamMeters
from ingest.ports import CameraAddress, Opener, Pace
from ingest.rounds import Rounds
from ingest.runs import RunNumbers
from ingest.state import CameraState
from ingest.stream_hub import StreamHub
from ingest.streamer import Streamer
from shared.backoff import Backoff
from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.ingest import CameraReport, CameraStatus, WantedCamera
from shared.reasons import Reason, why
from shared.redact import redact

FOLLOW_EVERY_S = 0.25
LINGER_S = 10.0
"""A stream pulled on demand goes on for so long after the last reader: tiles come and go."""

_IDLE = why("camera-idle", "pulled when somebody asks for it")
_ASKED_FOR = why("camera-asked-for", "connecting, because somebody asks for it")
_FAILED = why("camera-worker-failed", "the worker failed on this camera, and tries again")


_SOUGHT = frozenset(
    {CameraStatus.CONNECTING, CameraStatus.STALLED, CameraStatus.REFUSED, CameraStatus.UNREACHABLE}
)


@dataclass(slots=True)
class _Camera:
    """One wanted stream. It has a task while it is pulled."""

    address: CameraAddress
    on_demand: bool
    streamer: Streamer
    state: CameraState
    meters: StreamMeters
    task: asyncio.Task[None] | None = None
    asked_ns: int = 0


def _everybody(_: StreamId) -> bool:
    return True


def _at_once(_: StreamId) -> Pace:
    return Pace.AT_ONCE


def _nothing(_: StreamId) -> None:
    pass


class Fleet:
    """The cameras of one commune. `changed` is called when any report has changed.

    `asked` says whether anybody reads a stream now; those on demand are pulled only then, and LINGER_S more.
    `pace` says how long who reads a stream can wait. `forgotten` is told of each stream that is pulled no
    more.
    """

    def __init__(
        self,
        commune: str,
        *,
        opener: Opener,
        hub: StreamHub,
        runs: RunNumbers,
        meters: Meters,
        clock: Clock,
        random: Random,
        changed: Callable[[], None],
        asked: Callable[[StreamId], bool] = _everybody,
        forgotten: Callable[[StreamId], None] = _nothing,
        pace: Callable[[StreamId], Pace] = _at_once,
    ) -> None:
        self._commune = commune
        self._opener, self._hub, self._runs, self._meters = opener, hub, runs, meters
        self._clock, self._random, self._changed = clock, random, changed
        self._asked, self._forgotten, self._pace = asked, forgotten, pace
        self._rounds = Rounds(clock)
        self._log = get_logger("ingest.fleet")
        self._cameras: dict[StreamId, _Camera] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def reports(self) -> tuple[CameraReport, ...]:
        reports = tuple(camera.state.report for camera in self._cameras.values())
        self._meters.states(reports)
        return reports

    def addresses(self) -> dict[StreamId, CameraAddress]:
        """Where each wanted stream is."""
        return {stream: camera.address for stream, camera in self._cameras.items()}

    def is_sought(self, stream: StreamId) -> bool:
        """Whether a stream is wanted now and does not come: its camera has nothing to spare."""
        camera = self._cameras.get(stream)
        return camera is not None and camera.state.report.status in _SOUGHT

    def judge(self, stream: StreamId, reason: Reason | None) -> None:
        """Note why a stream's pictures do not decode, None where they do; of no stream that is not wanted."""
        camera = self._cameras.get(stream)
        if camera is not None:
            camera.state.decodes(reason)

    def keep_pace(self, stream: StreamId) -> None:
        """`pace` says something else of the stream than before."""
        camera = self._cameras.get(stream)
        if camera is not None:
            camera.streamer.keep_pace()

    def apply(self, cameras: Iterable[WantedCamera]) -> None:
        """Pull exactly these cameras. Those whose address and credentials are as before are left alone."""
        wanted = self._readable(cameras)
        for stream, camera in list(self._cameras.items()):
            if stream not in wanted or wanted[stream][0] != camera.address:
                self._remove(stream)
        for stream, (address, on_demand) in wanted.items():
            if stream not in self._cameras:
                self._add(stream, address)
            self._cameras[stream].on_demand = on_demand
        self.follow_once()
        self._changed()

    async def follow(self) -> None:
        """Pull what is asked for, for ever."""
        while True:
            self.follow_once()
            await self._clock.sleep(FOLLOW_EVERY_S)

    def follow_once(self) -> None:
        """Start and stop streams on demand, by who asks for them now."""
        now_ns = self._clock.monotonic_ns()
        for stream, camera in self._cameras.items():
            if not camera.on_demand or self._asked(stream):
                camera.asked_ns = now_ns
                if camera.task is None:
                    self._begin(stream, camera)
            elif camera.task is None:
                camera.state.to(CameraStatus.IDLE, _IDLE)
            elif (now_ns - camera.asked_ns) / 1e9 >= LINGER_S:
                self._rest(stream, camera)
                camera.state.to(CameraStatus.IDLE, _IDLE)

    async def close(self) -> None:
        """Stop all cameras."""
        for stream in list(self._cameras):
            self._remove(stream)
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _readable(self, cameras: Iterable[WantedCamera]) -> dict[StreamId, tuple[CameraAddress, bool]]:
        wanted: dict[StreamId, tuple[CameraAddress, bool]] = {}
        for camera in cameras:
            try:
                stream = StreamId.parse(camera.stream)
            except BadInput as error:
                self._log.error("wanted-camera-refused", reason=error.detail)
                continue
            if stream.commune != self._commune:
                self._log.error("wanted-camera-refused", reason=f"{stream} is of another commune")
                continue
            address = CameraAddress(
                camera.address, camera.username, camera.password, camera.opener, camera.transport
            )
            wanted[stream] = (address, camera.on_demand)
        return wanted

    def _add(self, stream: StreamId, address: CameraAddress) -> None:
        state = CameraState(stream, self._clock, self._changed)
        meters = self._meters.of(stream)
        streamer = Streamer(
            stream,
            address,
            opener=self._opener,
            runs=self._runs,
            sink=self._hub,
            state=state,
            meters=meters,
            clock=self._clock,
            random=self._random,
            rounds=self._rounds,
            pace=lambda: self._pace(stream),
        )
        self._cameras[stream] = _Camera(address, False, streamer, state, meters)
        self._log.info("camera-added", stream=str(stream))

    def _begin(self, stream: StreamId, camera: _Camera) -> None:
        if camera.state.report.status is CameraStatus.IDLE:
            camera.state.to(CameraStatus.CONNECTING, _ASKED_FOR)
        camera.task = asyncio.get_running_loop().create_task(
            self._kept_running(stream, camera.streamer, camera.state), name=f"camera {stream}"
        )

    def _rest(self, stream: StreamId, camera: _Camera) -> None:
        task, camera.task = camera.task, None
        if task is not None:
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        self._hub.forget(stream)
        self._forgotten(stream)

    def _remove(self, stream: StreamId) -> None:
        camera = self._cameras.pop(stream)
        self._rest(stream, camera)
        camera.meters.forget()
        self._log.info("camera-removed", stream=str(stream))

    async def _kept_running(self, stream: StreamId, streamer: Streamer, state: CameraState) -> None:
        backoff = Backoff(first_s=1.0, random=self._random)
        while True:
            try:
                await streamer.run()
            except Exception as error:  # A supervisor: a fault with one camera must not end the others.
                self._log.error("camera-failed", stream=str(stream), reason=redact(repr(error)))
                state.to(CameraStatus.INVALID, _FAILED)
            await self._clock.sleep(backoff.next_s())
