"""Pictures that are made and not due yet, on their way out of a transcoder."""

import asyncio
from collections import deque
from collections.abc import Callable

from shared.clock import Clock
from shared.units import AccessUnit


class Waiting:
    """Passes each picture on when it is due, in the order they come in. Needs a running event loop."""

    def __init__(self, sink: Callable[[AccessUnit], None], clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._pictures: deque[tuple[int, AccessUnit]] = deque()
        self._task: asyncio.Task[None] | None = None

    def add(self, picture: AccessUnit, due_ns: int) -> None:
        """Pass it on at `due_ns`, by the monotonic clock; at once where that is past and none waits."""
        if not self._pictures and due_ns <= self._clock.monotonic_ns():
            self._sink(picture)
            return
        self._pictures.append((due_ns, picture))
        if self._task is None:
            self._task = asyncio.create_task(self._pass_on(), name=f"pass on {picture.stream}")

    def flush(self) -> None:
        """Pass all on at once."""
        while self._pictures:
            self._sink(self._pictures.popleft()[1])

    def clear(self) -> None:
        """Nothing more is passed on."""
        self._pictures.clear()
        if self._task is not None:
            self._task.cancel()

    async def _pass_on(self) -> None:
        try:
            while self._pictures:
                left_ns = self._pictures[0][0] - self._clock.monotonic_ns()
                if left_ns > 0:
                    await self._clock.sleep(left_ns / 1e9)
                else:
                    self._sink(self._pictures.popleft()[1])
        finally:
            self._task = None
