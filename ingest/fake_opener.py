"""An Opener without cameras, for tests: what it gives is what it was told to."""

import asyncio
from collections import deque
from typing import NoReturn

from ingest.ports import (
    CameraAddress,
    Pace,
    Packet,
    Pictures,
    Plain,
    SourceCounts,
    SourceError,
    StreamInfo,
    Taker,
    silent,
)
from shared.reasons import Reason


class FakeSource:
    """An open camera whose packets and end are put in by hand."""

    def __init__(self, info: StreamInfo) -> None:
        self._info = info
        self._items: asyncio.Queue[Packet | Pictures | SourceError] = asyncio.Queue()
        self.closed = False
        self.paces: list[Pace] = []
        self.unread: list[Packet] = []
        """What `catch_up` gives to who is fed."""
        self._taker: Taker | None = None
        self.believed: Plain | None = None
        self.dropped = 0
        self.counts = SourceCounts()

    @property
    def info(self) -> StreamInfo:
        return self._info

    @property
    def silence(self) -> Reason:
        return silent("the camera")

    def send(self, *packets: Packet | Pictures) -> None:
        for packet in packets:
            self._items.put_nowait(packet)

    def fail(self, error: SourceError) -> None:
        """Raise `error` once what was sent before is taken."""
        self._items.put_nowait(error)

    @property
    def late_ns(self) -> int:
        return 0

    async def feed(self, taker: Taker) -> NoReturn:
        self._taker = taker
        while True:
            item = await self._next()
            if isinstance(item, Pictures):
                taker.pictures(item)
            else:
                taker.packet(item)

    def believe(self, plain: Plain | None) -> None:
        self.believed = plain

    def keep(self, pace: Pace) -> None:
        self.paces.append(pace)

    def catch_up(self) -> None:
        unread, self.unread = self.unread, []
        for packet in unread:
            if self._taker is not None:
                self._taker.packet(packet)

    async def next(self) -> Packet:
        item = await self._next()
        assert isinstance(item, Packet), "fed only"
        return item

    async def _next(self) -> Packet | Pictures:
        item = await self._items.get()
        if isinstance(item, SourceError):
            self._items.put_nowait(item)
            raise item
        return item

    def close(self) -> None:
        self.closed = True


class FakeOpener:
    """Gives the sources or errors it was told to, in turn; with none left, opening waits for ever."""

    def __init__(self) -> None:
        self._script: deque[FakeSource | SourceError] = deque()
        self.opened: list[CameraAddress] = []

    def then(self, outcome: FakeSource | SourceError) -> None:
        self._script.append(outcome)

    async def open(self, address: CameraAddress) -> FakeSource:
        self.opened.append(address)
        if not self._script:
            await asyncio.get_running_loop().create_future()
        outcome = self._script.popleft()
        if isinstance(outcome, SourceError):
            raise outcome
        return outcome
