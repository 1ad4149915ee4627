"""The bytes of several connections that are read into one place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import SourceCounts
from ingest.rtsp.cutting import Cutting, ReadRoom
from ingest.rtsp.messages import BadMessage, Request, Response, request
from ingest.rtsp.rtp import DOLLAR

_HEARTBEAT = request("GET_PARAMETER", "rtsp://camera/x", [("CSeq", "1")])


class _Camera:
    """What came of one connection."""

    def __init__(self, room: ReadRoom) -> None:
        self.cutting = Cutting(room, SourceCounts(), self._frame, self._message)
        self.came: list[bytes | str] = []

    def read(self, data: bytes) -> None:
        place = self.cutting.place()
        place[: len(data)] = data
        self.cutting.cut(len(data))

    def _frame(self, channel: int, data: memoryview, start: int, end: int) -> None:
        self.came.append(bytes(data[start:end]))

    def _message(self, message: Request | Response) -> None:
        assert isinstance(message, Request)
        self.came.append(message.method)


def _sent(payloads: list[bytes]) -> bytes:
    frames = [bytes((DOLLAR, 0)) + len(one).to_bytes(2, "big") + one for one in payloads]
    return _HEARTBEAT.join((b"", *frames))


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.binary(max_size=200), max_size=6), min_size=2, max_size=3),
    st.lists(st.integers(0, 400), max_size=40),
)
def test_what_one_connection_is_in_the_midst_of_is_not_touched_by_the_others(
    sent: list[list[bytes]], pieces: list[int]
) -> None:
    room = ReadRoom()
    cameras = [_Camera(room) for _ in sent]
    left = [_sent(payloads) for payloads in sent]
    for turn, size in enumerate([*pieces, *[5000] * len(cameras)]):
        at = turn % len(cameras)
        now, left[at] = left[at][:size], left[at][size:]
        cameras[at].read(now)
    for camera, rest in zip(cameras, left, strict=True):
        camera.read(rest)
    for camera, payloads in zip(cameras, sent, strict=True):
        assert [one for one in camera.came if isinstance(one, bytes)] == payloads
        assert camera.came.count("GET_PARAMETER") == len(payloads)


def test_what_is_no_rtsp_is_told_once_and_nothing_is_given_behind_the_end() -> None:
    camera = _Camera(ReadRoom())
    with pytest.raises(BadMessage):
        camera.read(b"HTTP/1.1 200 OK\r\n\r\n")
    camera.cutting.ended = True
    camera.read(_sent([b"late"]))
    assert camera.came == []
