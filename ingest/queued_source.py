"""What open cameras share, however they are read: pictures that wait for the streamer, and how it ends."""

import asyncio
from collections.abc import Callable
from typing import NoReturn, TypeVar

from ingest.ports import Pace, Packet, Pictures, Plain, SourceCounts, SourceError, StreamInfo, Taker
from ingest.waiting import WaitingPackets

Given = TypeVar("Given")


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
        self._taker: Taker | None = None
        self._fault: Exception | None = None

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

    @property
    def late_ns(self) -> int:
        return 0

    def believe(self, plain: Plain | None) -> None:
        """Here each picture is given by itself."""

    def keep(self, pace: Pace) -> None:
        """Here each packet comes as soon as it can."""

    def catch_up(self) -> None:
        """Here nothing waits to be read."""

    async def next(self) -> Packet:
        while not len(self.waiting):
            await self._change()
        return self.waiting.take()

    async def feed(self, taker: Taker) -> NoReturn:
        while len(self.waiting):
            taker.packet(self.waiting.take())
        self._taker = taker
        try:
            while self._fault is None:
                await self._change()
            raise self._fault
        finally:
            self._taker = None

    def begun(self, info: StreamInfo) -> None:
        self._info = info
        self._wake()

    def put(self, packet: Packet) -> None:
        if self._taker is None:
            self.waiting.put(packet)
            self._wake()
        else:
            self._hand(self._taker.packet, self.waiting.passing(packet))

    def put_all(self, pictures: Pictures) -> None:
        """Give pictures that may come together to who is fed."""
        if self._taker is None or self.waiting.lost:
            for packet in pictures.packets():
                self.put(packet)
        else:
            self._hand(self._taker.pictures, pictures)

    def _hand(self, take: Callable[[Given], None], given: Given) -> None:
        """Call who takes; what he raises ends the feeding, and not who read the camera."""
        if self._fault is not None:
            return
        try:
            take(given)
        except Exception as error:  # A door: it is raised again where the taker awaits his end.
            self._fault = error
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
