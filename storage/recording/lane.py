"""A thread does disk work in order, so that the event loop never waits for a disk."""

import asyncio
import queue
import threading
from collections.abc import Callable

Job = Callable[[], None]


class DiskLane:
    """One thread and its queue, bound to `budget_bytes` of data not yet written.

    Beyond the budget `submit` refuses, and its caller decides what to leave out. Jobs must not raise.
    """

    def __init__(self, name: str, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._queue: queue.SimpleQueue[tuple[Job, int] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting_bytes = 0
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Start the thread; results come to the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    @property
    def waiting_bytes(self) -> int:
        return self._waiting_bytes

    def submit(self, job: Job, size: int = 0) -> bool:
        """Queue a job that carries `size` bytes; False where the budget does not allow it.

        A job without data is always taken: there is at most one start and one end a segment.
        """
        with self._lock:
            if size and self._waiting_bytes + size > self._budget_bytes:
                return False
            self._waiting_bytes += size
        self._queue.put((job, size))
        return True

    def tell(self, news: Callable[[], None]) -> None:
        """Run `news` in the loop: the one door from this thread back."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(news)

    async def close(self) -> None:
        """Do what is queued, then end the thread."""
        if self._loop is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            job, size = item
            job()
            with self._lock:
                self._waiting_bytes -= size
