"""A transcoder with a child that does what the test says."""

import asyncio
from random import Random

from mux.counts import Counts
from mux.streams.transcoder.transcoder import Transcoder
from mux.streams.transcoder.transcoders import Transcoders
from shared.clock import SimulatedClock
from shared.errors import BadInput, Unavailable
from shared.tap import Gap
from shared.transcoding.framing import Message
from shared.units import AccessUnit, Codec
from tests.support.pictures import STREAM
from tests.support.strange_pictures import strange_units

UNITS = strange_units(Codec.H265, 24)


class FakeChild:
    """A child whose answers the test gives."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.sent: list[Message] = []
        self.said: asyncio.Queue[Message | BadInput | None] = asyncio.Queue()
        self.killed = False

    @property
    def units(self) -> list[AccessUnit]:
        return [message for message in self.sent if isinstance(message, AccessUnit)]

    def send(self, message: Message) -> None:
        self.sent.append(message)

    async def receive(self) -> Message | None:
        message = await self.said.get()
        if isinstance(message, BadInput):
            raise message
        return message

    def kill(self) -> None:
        self.killed = True
        self.said.put_nowait(None)

    async def ended(self) -> str:
        return "signal 9" if self.killed else "exit code 0"


class Rig:
    """Transcoders of fake children on a simulated clock."""

    def __init__(self, most: int = 1) -> None:
        self.clock = SimulatedClock()
        self.counts = Counts()
        self.children: list[FakeChild] = []
        self.startable = True
        self.got: list[AccessUnit | Gap] = []
        self.transcoders = Transcoders(most, self._spawn, self.clock, self.counts, Random(1))

    async def _spawn(self) -> FakeChild:
        if not self.startable:
            raise Unavailable("a transcoder cannot be started: no such program")
        self.children.append(FakeChild(100 + len(self.children)))
        return self.children[-1]

    @property
    def child(self) -> FakeChild:
        return self.children[-1]

    async def open(self) -> Transcoder:
        made = self.transcoders.open(STREAM, self.got.append)
        await self.clock.advance(0)
        return made

    async def says(self, *messages: Message | BadInput | None) -> None:
        for message in messages:
            self.child.said.put_nowait(message)
        await self.clock.advance(0)
