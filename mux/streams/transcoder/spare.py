"""One transcoder's child that waits for its stream: its imports are done when a viewer comes."""

import asyncio

from shared.clock import Clock
from shared.errors import Unavailable
from shared.transcoding.process import Child, Spawn

REST_S = 3.0
"""From one child taken to the next one started: the one at work has its first pictures by then."""

_AGAIN_S = 30.0


class Spare:
    """Keeps one child ready from the first need on: `keep`, or the first `take`. Needs a running event loop.

    A server whose cameras all send what browsers show never has one.
    """

    def __init__(self, spawn: Spawn, clock: Clock) -> None:
        self._spawn = spawn
        self._clock = clock
        self._child: Child | None = None
        self._taken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child that waits, if one does."""
        return None if self._child is None else self._child.pid

    def keep(self) -> None:
        """Streams have been seen that need one. Twice is no error."""
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._keep(), name="spare transcoder")

    async def take(self) -> Child:
        """The child that waits, or a new one; another will wait. Raises Unavailable."""
        self._taken.set()
        self.keep()
        child, self._child = self._child, None
        return await self._spawn() if child is None else child

    async def close(self) -> None:
        """End what waits, and wait until it is gone."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            await self._rest()
            try:
                child = await self._spawn()
            except Unavailable:
                # Whoever needs one is told when it does.
                await self._clock.sleep(_AGAIN_S)
                continue
            if await self._hold(child):
                await self._clock.sleep(_AGAIN_S)

    async def _rest(self) -> None:
        """Until none has been taken for a while."""
        self._taken.set()
        while self._taken.is_set():
            self._taken.clear()
            await self._clock.sleep(REST_S)

    async def _hold(self, child: Child) -> bool:
        """Until it is taken; whether it ended before that."""
        self._child = child
        self._taken.clear()
        taken, ended = asyncio.create_task(self._taken.wait()), asyncio.create_task(child.ended())
        try:
            await asyncio.wait((taken, ended), return_when=asyncio.FIRST_COMPLETED)
            return self._child is child
        finally:
            for task in (taken, ended):
                task.cancel()
            await asyncio.gather(taken, ended, return_exceptions=True)
            if self._child is child:
                self._child = None
                child.kill()
                await child.ended()
