"""The header extension of replays."""

import struct

import pytest
from hypothesis import given
from hypothesis.strategies import binary, booleans, integers

from ingest.onvif.replay_mark import ReplayMark, behind_mark, read_mark

S = 1_000_000_000
NTP_1970 = 2_208_988_800


def extension(seconds: int, fraction: int, flags: int = 0, sequence: int = 0, words: int = 3) -> bytes:
    return struct.pack("!HHIIBBH", 0xABAC, words, seconds, fraction, flags, sequence, 0)


def mark_of(data: bytes) -> ReplayMark | None:
    return read_mark(memoryview(data), 0, len(data))


@given(integers(0, (1 << 32) - 1 - NTP_1970), integers(0, S - 1), integers(0, 15), integers(0, 255))
def test_a_mark_tells_what_was_written(utc_s: int, rest_ns: int, flags: int, sequence: int) -> None:
    fraction = -(-(rest_ns << 32) // S)
    mark = mark_of(extension(utc_s + NTP_1970, min(fraction, (1 << 32) - 1), flags << 4, sequence))
    assert mark is not None
    assert abs(mark.utc_ns - (utc_s * S + rest_ns)) <= 1
    told = mark.clean << 3 | mark.ends << 2 | mark.apart << 1 | mark.last
    assert (told, mark.sequence) == (flags, sequence)


@given(binary(max_size=64), booleans())
def test_other_bytes_are_no_mark_or_a_whole_one(data: bytes, begins: bool) -> None:
    told = mark_of(b"\xab\xac" + data if begins else data)
    assert told is None or len(data) + 2 >= 16


@given(integers(0, 15))
def test_one_that_is_cut_is_none(size: int) -> None:
    assert mark_of(extension(NTP_1970, 1)[:size]) is None


def test_times_go_on_behind_2036() -> None:
    told = mark_of(extension(5, 0))
    assert told is not None
    assert told.utc_ns == ((1 << 32) + 5 - NTP_1970) * S


@pytest.mark.parametrize("data", [extension(0, 0), extension(NTP_1970, 1, words=2)])
def test_a_clock_that_was_never_set_and_a_short_one_are_no_mark(data: bytes) -> None:
    assert mark_of(data) is None


def test_jpegs_own_extension_follows_it() -> None:
    data = extension(NTP_1970, 1, words=5) + b"\xff\xd8\x00\x01" + bytes(4)
    assert mark_of(data) is not None
    assert data[behind_mark(0) : behind_mark(0) + 2] == b"\xff\xd8"
