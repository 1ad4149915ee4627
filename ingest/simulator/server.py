"""The RTSP server: many simulated cameras behind one port."""

import asyncio
from dataclasses import replace

from ingest.simulator.camera import SimulatedCamera
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.encoder import Coding
from ingest.simulator.faults import Fault
from ingest.simulator.feeds import Feed, GarbageFeed, LiveFeed, Loop, LoopFeed
from ingest.simulator.session import Session
from shared.clock import Clock, SystemClock

_LOOP_PHASES = 8
_ENDLESS_S = 3600.0


class SimulatedCameras:
    """An RTSP server in this process. `async with` it, or `start` and `close` it."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None) -> None:
        self._host, self.port = host, port
        self._clock = clock or SystemClock()
        self._cameras: dict[str, SimulatedCamera] = {}
        self._loops: dict[Coding, list[LoopFeed]] = {}
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; with port 0, `port` then says which one."""
        self._server = await asyncio.start_server(self._serve, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End all sessions and stop listening."""
        if self._server is not None:
            self._server.close()
        for session in tuple(self._sessions):
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        for camera in self._cameras.values():
            await camera.feed.close()
            if camera.other is not None:
                await camera.other.close()

    async def __aenter__(self) -> "SimulatedCameras":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def add(self, plan: CameraPlan) -> SimulatedCamera:
        """Put a camera behind the port. One of the same name is replaced for new sessions."""
        if plan.fault in (Fault.REFRESH, Fault.REFRESH_UNTOLD):
            plan = replace(plan, coding=replace(plan.coding, refresh=True))
        other = None
        if plan.fault is Fault.KEY_ONCE:
            # The encoder makes a key picture when somebody joins, and none of its own.
            plan = replace(plan, live=True, coding=replace(plan.coding, gop_s=_ENDLESS_S))
        if plan.fault is Fault.NEW_SIZE:
            half = replace(plan.coding, width=plan.coding.width // 2, height=plan.coding.height // 2)
            other = self._feed(replace(plan, coding=half))
        camera = SimulatedCamera(plan, self._feed(plan), other)
        self._cameras[plan.name] = camera
        return camera

    def get(self, name: str) -> SimulatedCamera | None:
        return self._cameras.get(name)

    def url(self, name: str) -> str:
        return f"rtsp://{self._host}:{self.port}/{name}"

    def _feed(self, plan: CameraPlan) -> Feed:
        if plan.fault is Fault.GARBAGE:
            return GarbageFeed(plan.coding, self._clock)
        if plan.live:
            return LiveFeed(plan, self._clock)
        if plan.coding not in self._loops:
            loop = Loop(plan.coding)
            step = max(1, len(loop.pictures) // _LOOP_PHASES)
            self._loops[plan.coding] = [
                LoopFeed(loop, self._clock, phase * step) for phase in range(_LOOP_PHASES)
            ]
        return self._loops[plan.coding][len(self._cameras) % _LOOP_PHASES]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            await Session(self._cameras.get, reader, writer, self._clock).serve()
        except asyncio.CancelledError:
            # asyncio asks a handler that has ended for its error, and stumbles over one that was cancelled.
            pass
        finally:
            self._sessions.discard(task)
