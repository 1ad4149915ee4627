"""Packets and messages out of a connection's bytes, however they are cut."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import SourceCounts
from ingest.rtsp.connection import Connection, ConnectionLost, NotSpoken
from ingest.rtsp.messages import Request, Response, request, response

RESPONSE = response(200, "OK", [("CSeq", "7")])
ANNOUNCE = request("ANNOUNCE", "rtsp://camera/x", [("CSeq", "1"), ("Content-Length", "5")]) + b"v=0$\n"


class Heard:
    """A connection without a network, and all that came out of it."""

    def __init__(self) -> None:
        self.counts = SourceCounts()
        self.frames: list[tuple[int, bytes]] = []
        self.requests: list[Request] = []
        self.errors: list[ConnectionLost] = []
        self.connection = Connection(
            self.counts,
            arrived=lambda ago_ns: None,
            frame=lambda channel, data, start, end: self.frames.append((channel, bytes(data[start:end]))),
            answered=self._answered,
            asked=self._asked,
            ended=self.errors.append,
        )

    def feed(self, data: bytes, cuts: tuple[int, ...] = ()) -> None:
        edges = [0, *sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]
        for start, end in pairwise(edges):
            piece = data[start:end]
            while piece:
                buffer = self.connection.get_buffer(-1)
                size = min(len(buffer), len(piece))
                buffer[:size] = piece[:size]
                self.connection.buffer_updated(size)
                piece = piece[size:]

    def _answered(self, answer: Response) -> None:
        raise AssertionError("nothing was asked")

    def _asked(self, asked: Request) -> tuple[int, str]:
        self.requests.append(asked)
        return 200, "OK"


def frame(channel: int, payload: bytes) -> bytes:
    return b"$" + bytes((channel,)) + len(payload).to_bytes(2, "big") + payload


_FRAMES = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.binary(max_size=300)), max_size=12)
_CUTS = st.tuples(*[st.integers(0, 10_000)] * 6)


@settings(max_examples=100)
@given(_FRAMES, _CUTS)
def test_however_bytes_are_cut_the_same_comes_out(
    frames: list[tuple[int, bytes]], cuts: tuple[int, ...]
) -> None:
    heard = Heard()
    data = RESPONSE + b"".join(frame(*one) + (ANNOUNCE if one[0] == 2 else b"") for one in frames)
    heard.feed(data, cuts)
    assert heard.frames == frames
    assert [asked.body for asked in heard.requests] == [b"v=0$\n"] * sum(one[0] == 2 for one in frames)
    assert heard.counts.junk_bytes == 0
    assert heard.errors == []


@settings(max_examples=60)
@given(st.integers(0, 254), st.lists(st.binary(max_size=300), min_size=1, max_size=8), _CUTS)
def test_however_frames_of_a_named_channel_are_cut_none_is_lost(
    channel: int, payloads: list[bytes], cuts: tuple[int, ...]
) -> None:
    heard = Heard()
    heard.connection.know((channel, channel + 1))
    frames = [(channel + number % 2, payload) for number, payload in enumerate(payloads)]
    heard.feed(RESPONSE + b"".join(frame(*one) for one in frames), cuts)
    assert heard.frames == frames
    assert heard.counts.junk_bytes == 0


SDP = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nm=video 0 RTP/AVP 96\r\na=control:video\r\n"
UNTOLD = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n\r\n"


class Asking(Heard):
    """A connection that takes any answer."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__()

    def _answered(self, answer: Response) -> None:
        self.bodies.append(answer.body)


async def _describing(heard: Heard, data: bytes, cuts: tuple[int, ...] = ()) -> asyncio.Task[Response]:
    asking = asyncio.create_task(heard.connection.ask("DESCRIBE", "rtsp://camera/x", []))
    await asyncio.sleep(0)
    heard.feed(data, cuts)
    return asking


@pytest.mark.parametrize("cut", range(0, len(UNTOLD + SDP), 7))
async def test_a_description_without_a_length_ends_when_the_camera_is_quiet(cut: int) -> None:
    heard = Asking()
    asking = await _describing(heard, UNTOLD + SDP, (cut,))
    heard.connection.settle()
    assert heard.bodies == []
    heard.connection.settle()
    assert heard.bodies == [SDP]
    assert (await asking).ok


async def test_a_description_that_still_comes_is_waited_for() -> None:
    heard = Asking()
    asking = await _describing(heard, UNTOLD + SDP[:20])
    heard.connection.settle()
    heard.feed(SDP[20:40])
    heard.connection.settle()
    heard.feed(SDP[40:])
    heard.connection.settle()
    heard.connection.settle()
    assert heard.bodies == [SDP]
    assert (await asking).ok


async def test_a_description_without_a_length_ends_at_what_is_none_of_it() -> None:
    heard = Asking()
    asking = await _describing(heard, UNTOLD + SDP + frame(0, b"one"))
    assert heard.bodies == [SDP]
    assert heard.frames == [(0, b"one")]
    assert (await asking).ok


async def test_a_description_without_a_length_ends_with_the_connection() -> None:
    heard = Asking()
    asking = await _describing(heard, UNTOLD + SDP)
    heard.connection.eof_received()
    assert (await asking).body == SDP


async def test_a_description_without_an_end_ends_the_connection() -> None:
    heard = Asking()
    asking = await _describing(heard, UNTOLD + b"v=0\r\n" + b"a=x:y\r\n" * 10_000)
    with pytest.raises(NotSpoken):
        await asking


def test_frames_of_64_kb_come_whole() -> None:
    heard = Heard()
    frames = [(0, bytes((number,)) * 0xFFFF) for number in range(5)]
    heard.feed(RESPONSE + b"".join(frame(*one) for one in frames), (70_000, 140_001, 140_002))
    assert heard.frames == frames


@settings(max_examples=50)
@given(st.text("abc \x01", min_size=1, max_size=200), _CUTS)
def test_junk_is_passed_over_and_counted(junk: str, cuts: tuple[int, ...]) -> None:
    heard = Heard()
    heard.feed(
        RESPONSE + frame(0, b"one") + junk.encode() + frame(0, b"two") + junk.encode() + RESPONSE, cuts
    )
    heard.feed(frame(0, b"three"))
    assert [payload for _, payload in heard.frames] == [b"one", b"two", b"three"]
    assert heard.counts.junk_bytes == 2 * len(junk)
    assert heard.errors == []


def test_line_ends_between_messages_are_no_junk() -> None:
    heard = Heard()
    heard.feed(RESPONSE + b"\r\n" + frame(0, b"one") + b"\r\n\r\n" + RESPONSE)
    assert heard.counts.junk_bytes == 0
    assert heard.frames == [(0, b"one")]


def test_what_never_spoke_rtsp_is_told_at_once() -> None:
    heard = Heard()
    heard.feed(b"HTTP/1.1 200 OK\r\n\r\n")
    assert [type(error) for error in heard.errors] == [NotSpoken]


@pytest.mark.parametrize(
    "endless",
    [
        b"RTSP/1.0 200 OK\r\n" + b"X: " + b"y" * 20_000,
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        RESPONSE + b"x" * (2 << 20),
    ],
)
def test_what_has_no_bound_ends_the_connection(endless: bytes) -> None:
    heard = Heard()
    heard.feed(endless)
    assert [type(error) for error in heard.errors] == [NotSpoken]


def test_nothing_is_given_after_the_end() -> None:
    heard = Heard()
    heard.feed(RESPONSE)
    heard.connection.close()
    heard.feed(frame(0, b"late"))
    assert heard.frames == []
    assert len(heard.errors) == 1
