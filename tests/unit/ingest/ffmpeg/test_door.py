"""Only the FFmpeg that was told the word gets through the door."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ingest.ffmpeg.door import Door
from ingest.rtsp.messages import Request
from tests.support.eventually import eventually


class Inside:
    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.frames: list[tuple[int, bytes]] = []
        self.held: list[bool] = []
        self.gone = False

    def asked(self, request: Request, path: str) -> None:
        self.requests.append((request.method, path))

    def framed(self, channel: int, data: bytes) -> None:
        self.frames.append((channel, data))

    def hold(self, holding: bool) -> None:
        self.held.append(holding)

    def left(self) -> None:
        self.gone = True


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
async def door(inside: Inside) -> AsyncIterator[Door]:
    door = Door(inside)
    await door.open()
    yield door
    door.close()


async def _knock(door: Door, url: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    own = door.url("/x")
    port = int(own.split(":")[2].partition("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"OPTIONS {url or own} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
    return reader, writer


async def test_another_program_of_this_machine_gets_nothing(door: Door, inside: Inside) -> None:
    right = door.url("/x")
    wrong = right.rpartition("/x")[0][:-1] + "/x"
    for url in (wrong, "*", right.replace("rtsp://", "rtsp://a@")):
        reader, writer = await _knock(door, url)
        assert await reader.read() == b""
        writer.close()
    assert inside.requests == []
    _, writer = await _knock(door)
    await eventually(lambda: inside.requests == [("OPTIONS", "/x")])
    writer.close()


async def test_who_comes_second_finds_nobody_listening(door: Door, inside: Inside) -> None:
    _, writer = await _knock(door)
    await eventually(lambda: inside.requests)
    with pytest.raises(ConnectionRefusedError):
        await _knock(door)
    assert not inside.gone
    writer.close()
    await eventually(lambda: inside.gone)


async def test_requests_and_packets_are_cut_wherever_a_read_ends(door: Door, inside: Inside) -> None:
    _, writer = await _knock(door)
    for byte in (
        b"$\x01\x00\x03abc" + f"PLAY {door.url('')} RTSP/1.0\r\nCSeq: 2\r\n\r\n".encode() + b"$\x03\x00\x00"
    ):
        writer.write(bytes((byte,)))
        await writer.drain()
    await eventually(lambda: len(inside.frames) == 2)
    assert inside.requests == [("OPTIONS", "/x"), ("PLAY", "")]
    assert inside.frames == [(1, b"abc"), (3, b"")]
    writer.close()


async def test_the_camera_is_held_while_ffmpeg_does_not_read(door: Door, inside: Inside) -> None:
    reader, writer = await _knock(door)
    await eventually(lambda: inside.requests)
    while not inside.held:
        door.send(bytes(1 << 20))
        await asyncio.sleep(0)
    reading = asyncio.ensure_future(_all(reader))
    await eventually(lambda: inside.held == [True, False])
    reading.cancel()
    writer.close()


async def test_the_end_is_read_at_once(door: Door, inside: Inside) -> None:
    reader, writer = await _knock(door)
    await eventually(lambda: inside.requests)
    door.close()
    door.close()
    assert await reader.read() == b""
    writer.close()


async def _all(reader: asyncio.StreamReader) -> None:
    while await reader.read(1 << 20):
        pass
