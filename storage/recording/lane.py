"""A thread does disk work in order, so that the event loop never waits for a disk."""

import asyncio
import queue
import threading
from collections.abc import Callable

Job = Callable[[], None]
_Work = list[tuple[Job, int]]


class DiskLane:
    """One thread and its queue, bound to `budget_bytes` of data not yet written.

    Beyond the budget `submit` refuses, and its caller decides what to leave out. Jobs must not raise. What is
    submitted in one turn of the loop, and in the `gather_s` behind it, wakes the thread once, and what its
    jobs tell wakes the loop once.
    """

    def __init__(self, name: str, budget_bytes: int, *, gather_s: float = 0.0) -> None:
        self._gather_s = gather_s
        self._budget_bytes = budget_bytes
        self._submitted: _Work = []
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting_bytes = 0
        self._news: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Start the thread; results come to the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._hand_over()

    @property
    def waiting_bytes(self) -> int:
        return self._waiting_bytes

    def submit(self, job: Job, size: int = 0) -> bool:
        """Queue a job that carries `size` bytes; False where the budget does not allow it. In the loop.

        A job without data is always taken: there is at most one start and one end a segment.
        """
        if size:
            with self._lock:
                if self._waiting_bytes + size > self._budget_bytes:
                    return False
                self._waiting_bytes += size
        self._submitted.append((job, size))
        if len(self._submitted) == 1 and self._loop is not None:
            self._loop.call_later(self._gather_s, self._hand_over)
        return True

    def tell(self, news: Callable[[], None]) -> None:
        """Run `news` in the loop, once the work at hand is done: the one door from this thread back."""
        self._news.append(news)

    async def close(self) -> None:
        """Do what is queued, then end the thread."""
        if self._loop is not None:
            self._hand_over()
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        if self._submitted:
            work, self._submitted = self._submitted, []
            self._queue.put(work)

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            for job, size in work:
                job()
                if size:
                    with self._lock:
                        self._waiting_bytes -= size
            if self._news and self._loop is not None and not self._loop.is_closed():
                told, self._news = self._news, []
                self._loop.call_soon_threadsafe(_deliver, self._loop, told)


def _deliver(loop: asyncio.AbstractEventLoop, told: list[Callable[[], None]]) -> None:
    for news in told:
        # Each by itself: one that raises keeps none of the others back.
        loop.call_soon(news)
