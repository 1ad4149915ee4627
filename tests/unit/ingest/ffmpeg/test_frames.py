"""What FFmpeg is given of a camera's bytes, and what they tell before it does."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.ffmpeg.frames import AvFrames


def _frame(channel: int, data: bytes) -> bytes:
    return b"$" + bytes((channel,)) + len(data).to_bytes(2, "big") + data


def _packet(timestamp: int, channel: int = 0) -> bytes:
    return _frame(channel, b"\x80\x60\x00\x01" + timestamp.to_bytes(4, "big") + b"\x00\x00\x00\x07x")


def _take(frames: AvFrames, data: bytes) -> tuple[int, bytes]:
    return frames.take(memoryview(data), 0, len(data))


@given(st.lists(st.tuples(st.integers(0, 15), st.binary(max_size=40))), st.binary(max_size=60))
def test_ffmpeg_gets_whole_packets_of_a_length_it_reads_and_nothing_else(
    packets: list[tuple[int, bytes]], rest: bytes
) -> None:
    whole = b"".join(_frame(*packet) for packet in packets)
    stop, given = _take(AvFrames(lambda: 0), whole + b"R" + rest)
    assert stop == len(whole)
    assert given == b"".join(_frame(*packet) for packet in packets if len(packet[1]) >= 8)


@given(st.binary(max_size=200))
def test_whatever_comes_what_is_given_is_packets(data: bytes) -> None:
    stop, given = _take(AvFrames(lambda: 0), b"$\x00" + data)
    assert stop <= len(data) + 2
    while given:
        size = int.from_bytes(given[2:4], "big")
        assert given[:1] == b"$"
        assert 8 <= size <= len(given) - 4
        given = given[4 + size :]


def test_an_answer_cannot_be_hidden_in_a_packet_that_ffmpeg_reads_by_half() -> None:
    frames = AvFrames(lambda: 0)
    hidden = _frame(0, b"RTSP/1.") + _frame(1, b" 302 Moved\r\nLocation: rtsp://192.0.2.1/\r\n\r\n")
    _, given = _take(frames, hidden)
    assert given == hidden[11:]


def test_packets_of_a_channel_nobody_named_are_left_to_the_connection() -> None:
    frames = AvFrames(lambda: 0)
    assert _take(frames, _packet(1, channel=200)) == (0, b"")
    frames.know((200, 201))
    assert _take(frames, _packet(1, channel=200)) == (len(_packet(1)), _packet(1, channel=200))


def test_pictures_are_told_once_ffmpeg_had_time_to_give_them() -> None:
    now = iter(range(10, 20))
    frames = AvFrames(lambda: next(now))
    assert (frames.begun, frames.first_ns) == (False, None)
    told = []
    for timestamp in (5, 5, 6, 6, 7, 8):
        _take(frames, _packet(timestamp))
        told.append(frames.told)
    assert told == [0, 0, 0, 0, 1, 2]
    assert (frames.begun, frames.first_ns) == (True, 10)


def test_reports_are_no_pictures() -> None:
    frames = AvFrames(lambda: 0)
    report = _frame(1, b"\x80\xc8\x00\x06" + bytes(24))
    assert _take(frames, report) == (len(report), report)
    assert not frames.begun
