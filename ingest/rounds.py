"""One round for all who watch cameras by time, in place of a task and a timer for each."""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush

from shared.clock import Clock

_GRID_NS, _CALM_GRID_NS = 50_000_000, 250_000_000
"""Who is due within so long is called together: soon never too early, later up to so much sooner."""

_CALM_S = 0.5

Look = Callable[[int, int], float | None]
Failed = Callable[[Exception], None]


class Watch:
    """One who is called; `end` lets him go."""

    __slots__ = ("due_ns", "ended", "failed", "look")

    def __init__(self, look: Look, failed: Failed, due_ns: int) -> None:
        self.look, self.failed, self.due_ns = look, failed, due_ns
        self.ended = False

    def end(self) -> None:
        self.ended = True


class Rounds:
    """Calls each watch's `look(now_ns, late_ns)` when it is due.

    It says in how many seconds it is due again, None for never. `late_ns` is how long after its time it is
    called. Who is due in _CALM_S or more may be called a quarter of a second sooner: he says when again. A
    look that raises is not called again: `failed` is told why. Use it in one loop; its task ends with the
    last watch.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[int, int, Watch]] = []
        self._count = 0
        self._task: asyncio.Task[None] | None = None
        # While it sleeps: until when.
        self._until_ns = 0

    def watch(self, look: Look, failed: Failed, first_s: float) -> Watch:
        """Call `look` in so many seconds, and then as it says."""
        watch = Watch(look, failed, 0)
        self._put(watch, self._clock.monotonic_ns(), first_s)
        sleeps = self._task is not None and watch.due_ns < self._until_ns
        if sleeps and self._task is not None:
            self._task.cancel()
        if sleeps or self._task is None or self._task.done():
            self._until_ns = 0
            self._task = asyncio.get_running_loop().create_task(self._go())
        return watch

    def _put(self, watch: Watch, now_ns: int, seconds: float) -> None:
        due_ns = now_ns + int(seconds * 1e9)
        if seconds >= _CALM_S:
            watch.due_ns = due_ns // _CALM_GRID_NS * _CALM_GRID_NS
        else:
            watch.due_ns = -(-due_ns // _GRID_NS) * _GRID_NS
        self._count += 1
        heappush(self._waiting, (watch.due_ns, self._count, watch))

    async def _go(self) -> None:
        while self._waiting:
            due_ns, _, watch = self._waiting[0]
            now_ns = self._clock.monotonic_ns()
            if watch.ended:
                heappop(self._waiting)
            elif due_ns > now_ns:
                self._until_ns = due_ns
                await self._clock.sleep((due_ns - now_ns) / 1e9)
                self._until_ns = 0
            else:
                heappop(self._waiting)
                self._call(watch, now_ns)

    def _call(self, watch: Watch, now_ns: int) -> None:
        try:
            again_s = watch.look(now_ns, now_ns - watch.due_ns)
        except Exception as error:  # A supervisor: a fault with one camera must not end the others' watch.
            watch.failed(error)
            return
        if again_s is not None and not watch.ended:
            self._put(watch, now_ns, again_s)
