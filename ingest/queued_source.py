"""What open cameras share, however they are read: pictures that wait for the streamer, and how it ends."""

import asyncio

from ingest.ports import Packet, SourceCounts, SourceError, StreamInfo
from ingest.waiting import WaitingPackets


class QueuedSource:
    """A Source but for `close`. All of it is for the loop; what is queued is given before the error.

    `begun` once the camera has said what it sends, then `put` its pictures; the first `fail` counts.
    """

    def __init__(self, counts: SourceCounts) -> None:
        self.waiting = WaitingPackets()
        self.error: SourceError | None = None
        self._counts = counts
        self._info: StreamInfo | None = None
        self._woken: asyncio.Future[None] | None = None

    @property
    def info(self) -> StreamInfo:
        assert self._info is not None, "not begun"
        return self._info

    @property
    def dropped(self) -> int:
        return self.waiting.dropped

    @property
    def counts(self) -> SourceCounts:
        return self._counts

    async def started(self) -> None:
        """Return once the camera has said what it sends. Raises SourceError."""
        while self._info is None:
            await self._change()

    async def next(self) -> Packet:
        while not len(self.waiting):
            await self._change()
        return self.waiting.take()

    def begun(self, info: StreamInfo) -> None:
        self._info = info
        self._wake()

    def put(self, packet: Packet) -> None:
        self.waiting.put(packet)
        self._wake()

    def fail(self, error: SourceError) -> None:
        """The camera is gone, for this reason."""
        if self.error is None:
            self.error = error
            self._wake()

    async def _change(self) -> None:
        """Wait until something has happened. Raises SourceError where nothing will."""
        if self.error is not None:
            raise self.error
        self._woken = asyncio.get_running_loop().create_future()
        await self._woken

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)
