"""All cameras of the worker: starts, restarts and stops streamers so that they are the wanted ones."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from ingest.hub import Hub
from ingest.meters import Meters, StreamMeters
from ingest.ports import CameraAddress, Opener
from ingest.runs import RunNumbers
from ingest.state import CameraState
from ingest.streamer import Streamer
from shared.backoff import Backoff
from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages import CameraReport, CameraStatus, WantedCamera
from shared.redact import redact


@dataclass(frozen=True, slots=True)
class _Pulled:
    """One camera being pulled."""

    address: CameraAddress
    state: CameraState
    meters: StreamMeters
    task: asyncio.Task[None]


class Fleet:
    """The cameras of one commune. `changed` is called when any report has changed."""

    def __init__(
        self,
        commune: str,
        *,
        opener: Opener,
        hub: Hub,
        runs: RunNumbers,
        meters: Meters,
        clock: Clock,
        random: Random,
        changed: Callable[[], None],
    ) -> None:
        self._commune = commune
        self._opener, self._hub, self._runs, self._meters = opener, hub, runs, meters
        self._clock, self._random, self._changed = clock, random, changed
        self._log = get_logger("ingest.fleet")
        self._pulled: dict[StreamId, _Pulled] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def reports(self) -> tuple[CameraReport, ...]:
        reports = tuple(pulled.state.report for pulled in self._pulled.values())
        self._meters.states(reports)
        return reports

    def apply(self, cameras: Iterable[WantedCamera]) -> None:
        """Pull exactly these cameras. Those whose address and credentials are as before are left alone."""
        wanted = self._readable(cameras)
        for stream, pulled in list(self._pulled.items()):
            if wanted.get(stream) != pulled.address:
                self._stop(stream)
        for stream, address in wanted.items():
            if stream not in self._pulled:
                self._start(stream, address)
        self._changed()

    async def close(self) -> None:
        """Stop all cameras."""
        for stream in list(self._pulled):
            self._stop(stream)
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _readable(self, cameras: Iterable[WantedCamera]) -> dict[StreamId, CameraAddress]:
        wanted: dict[StreamId, CameraAddress] = {}
        for camera in cameras:
            try:
                stream = StreamId.parse(camera.stream)
            except BadInput as error:
                self._log.error("wanted-camera-refused", reason=error.detail)
                continue
            if stream.commune != self._commune:
                self._log.error("wanted-camera-refused", reason=f"{stream} is of another commune")
                continue
            wanted[stream] = CameraAddress(
                camera.address, camera.username, camera.password, camera.opener, camera.transport
            )
        return wanted

    def _start(self, stream: StreamId, address: CameraAddress) -> None:
        state = CameraState(stream, self._clock, self._changed)
        meters = self._meters.of(stream)
        streamer = Streamer(
            stream,
            address,
            opener=self._opener,
            runs=self._runs,
            sink=self._hub.take,
            state=state,
            meters=meters,
            clock=self._clock,
            random=self._random,
        )
        task = asyncio.get_running_loop().create_task(
            self._kept_running(stream, streamer, state), name=f"camera {stream}"
        )
        self._pulled[stream] = _Pulled(address, state, meters, task)
        self._log.info("camera-added", stream=str(stream))

    def _stop(self, stream: StreamId) -> None:
        pulled = self._pulled.pop(stream)
        pulled.task.cancel()
        self._ending.add(pulled.task)
        pulled.task.add_done_callback(self._ending.discard)
        pulled.meters.forget()
        self._hub.forget(stream)
        self._log.info("camera-removed", stream=str(stream))

    async def _kept_running(self, stream: StreamId, streamer: Streamer, state: CameraState) -> None:
        backoff = Backoff(first_s=1.0, random=self._random)
        while True:
            try:
                await streamer.run()
            except Exception as error:  # A supervisor: a fault with one camera must not end the others.
                self._log.error("camera-failed", stream=str(stream), reason=redact(repr(error)))
                state.to(CameraStatus.INVALID, "the worker failed on this camera, and tries again")
            await self._clock.sleep(backoff.next_s())
