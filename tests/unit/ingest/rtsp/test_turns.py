"""Connections that are read by turns: nothing is lost, ends are noticed, and nobody waits who watches."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from random import Random

import pytest
import uvloop

from ingest.ports import Pace, SourceCounts
from ingest.rtsp.connection import Connection, ConnectionLost
from ingest.rtsp.rtp import DOLLAR
from ingest.rtsp.turns import EVERY_S, Turn, Turns
from shared.causes import LINK_BROKE, PEER_ENDED
from tests.support.eventually import eventually

Run = Callable[[Coroutine[None, None, None]], None]
SOON_S = EVERY_S[Pace.SOON]


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


class Peer:
    """A camera's end, and what our end made of it."""

    def __init__(self) -> None:
        self.frames: list[int] = []
        self.ago_ns: list[int | None] = []
        self.reads = 0
        self.ended: list[ConnectionLost] = []
        self.breaks = False
        self._sent = 0
        self.connection = Connection(
            SourceCounts(),
            arrived=self.ago_ns.append,
            taken=self._taken,
            frame=self._frame,
            answered=lambda answer: None,
            asked=lambda asked: (200, "OK"),
            ended=self.ended.append,
        )
        self.writer: asyncio.StreamWriter | None = None

    def protocol(self) -> Connection:
        return self.connection

    def send(self, count: int) -> None:
        assert self.writer is not None
        for _ in range(count):
            body = struct.pack("!I", self._sent) + bytes(700)
            self.writer.write(struct.pack("!BBH", DOLLAR, 0, len(body)) + body)
            self._sent += 1

    @property
    def whole(self) -> bool:
        return self.frames == list(range(self._sent))

    def _frame(self, channel: int, data: memoryview, start: int, end: int) -> None:
        if self.breaks:
            raise RuntimeError("a fault with this camera")
        self.frames.append(int.from_bytes(data[start : start + 4], "big"))

    def _taken(self) -> None:
        self.reads += 1


@asynccontextmanager
async def connected(*peers: Peer) -> AsyncIterator[None]:
    waiting = asyncio.Queue[asyncio.StreamWriter]()
    server = await asyncio.start_server(lambda _, writer: waiting.put(writer), "127.0.0.1", 0)
    port, loop = server.sockets[0].getsockname()[1], asyncio.get_running_loop()
    for peer in peers:
        await loop.create_connection(peer.protocol, "127.0.0.1", port)
        peer.writer = await waiting.get()
    try:
        yield
    finally:
        for peer in peers:
            peer.connection.close()
            assert peer.writer is not None
            peer.writer.close()
        server.close()


def test_what_a_calm_camera_sends_comes_whole_and_together(run: Run) -> None:
    async def go() -> None:
        peer, turns = Peer(), Turns()
        async with connected(peer):
            peer.connection.calm(turns, SOON_S)
            for _ in range(20):
                peer.send(3)
                await asyncio.sleep(0.02)
            await eventually(lambda: peer.whole, what="all frames")
        assert 1 <= peer.reads <= 8
        assert None not in peer.ago_ns

    run(go())


def test_a_camera_is_read_at_once_when_it_is_watched_and_calm_again_afterwards(run: Run) -> None:
    async def go() -> None:
        peer, turns = Peer(), Turns()
        async with connected(peer):
            peer.connection.calm(turns, 60.0)
            peer.send(2)
            await asyncio.sleep(0.05)
            assert not peer.frames
            peer.connection.hurry()
            await eventually(lambda: peer.whole, what="what had waited")
            peer.send(2)
            await eventually(lambda: peer.whole, what="what comes")
            assert set(peer.ago_ns) == {None}
            peer.connection.calm(turns, SOON_S)
            peer.send(2)
            await eventually(lambda: peer.whole, what="its turn")
            assert peer.ago_ns[-1] is not None

    run(go())


def test_a_camera_that_is_recorded_from_now_on_waits_for_no_long_turn(run: Run) -> None:
    async def go() -> None:
        peer, turns = Peer(), Turns()
        async with connected(peer):
            peer.connection.calm(turns, 60.0)
            peer.send(2)
            peer.connection.calm(turns, SOON_S)
            await eventually(lambda: peer.whole, within_s=5, what="the sooner turn")

    run(go())


def test_nothing_is_lost_however_often_a_camera_changes_its_pace(run: Run) -> None:
    async def go() -> None:
        peer, turns, random = Peer(), Turns(), Random(7)
        async with connected(peer):
            for _ in range(120):
                peer.send(random.randrange(40))
                if random.random() < 0.5:
                    peer.connection.calm(turns, random.choice((0.01, 0.02, 0.2)))
                else:
                    peer.connection.hurry()
                await asyncio.sleep(random.choice((0, 0, 0.01)))
            await eventually(lambda: peer.whole, what="all frames in order")
        assert None in peer.ago_ns
        assert set(peer.ago_ns) != {None}

    run(go())


@pytest.mark.parametrize("resets", [False, True])
def test_the_end_of_a_calm_camera_is_noticed_at_its_next_turn(run: Run, resets: bool) -> None:
    async def go() -> None:
        peer, turns = Peer(), Turns()
        async with connected(peer):
            peer.connection.calm(turns, SOON_S)
            peer.send(1)
            assert peer.writer is not None
            await peer.writer.drain()
            if resets:
                end = peer.writer.get_extra_info("socket")
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.writer.transport.abort() if resets else peer.writer.close()
            await eventually(lambda: peer.ended, what="the end")
        assert peer.ended[0].cause in ((LINK_BROKE,) if resets else (PEER_ENDED,))
        assert len(peer.ended) == 1

    run(go())


def test_a_fault_with_one_camera_ends_that_one_and_the_others_are_read_on(run: Run) -> None:
    async def go() -> None:
        broken, sound, turns = Peer(), Peer(), Turns()
        async with connected(broken, sound):
            broken.breaks = True
            for peer in (broken, sound):
                peer.connection.calm(turns, SOON_S)
                peer.send(3)
            await eventually(lambda: broken.ended, what="the end of the broken one")
            sound.send(3)
            await eventually(lambda: sound.whole, what="the sound one")
        assert broken.ended[0].cause == LINK_BROKE

    run(go())


def test_where_a_turn_brings_much_the_next_one_comes_sooner_and_slows_down_by_and_by() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as end,
    ):
        turn = Turn(Turns(), Peer().connection, end.fileno(), 0.8)
        much = end.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 5
        assert turn.next_slots(0) == 80
        assert turn.next_slots(4 * much) == 20
        assert [turn.next_slots(much) for _ in range(3)] == [40, 80, 80]
        turn.leave()
        end.getsockname()


def test_what_has_come_of_a_calm_camera_can_be_taken_before_its_turn(run: Run) -> None:
    async def go() -> None:
        peer, turns = Peer(), Turns()
        async with connected(peer):
            peer.connection.catch_up()
            peer.connection.calm(turns, 60.0)
            peer.send(2)
            assert peer.writer is not None
            await peer.writer.drain()

            def taken() -> bool:
                peer.connection.catch_up()
                return peer.whole

            await eventually(taken, within_s=5, what="what had come")
            assert peer.ago_ns[-1] is not None
            assert peer.connection.is_calm

    run(go())
