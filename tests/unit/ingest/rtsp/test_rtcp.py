"""RTCP, in and out."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.rtcp import Bye, Reception, SenderReport, parse, receiver_report
from tests.unit.ingest.rtsp.packets import SSRC, sender_report

BYE = struct.pack("!BBHI", 0x81, 203, 1, SSRC)


@pytest.mark.parametrize("utc_s", [1_700_000_000, 2_100_000_000, 0])
def test_a_sender_report_tells_utc_also_after_2036(utc_s: int) -> None:
    utc_ns = utc_s * 1_000_000_000 + 250_000_000
    (report,) = parse(sender_report(utc_ns, 77))
    assert isinstance(report, SenderReport)
    assert (report.ssrc, report.time32, report.utc_ns) == (SSRC, 77, utc_ns)


def test_a_goodbye_behind_a_report_is_heard() -> None:
    found = parse(sender_report(0, 0) + BYE)
    assert [type(item) for item in found] == [SenderReport, Bye]


@settings(max_examples=150)
@given(st.binary(max_size=80))
def test_noise_tells_nothing_wrong_and_raises_nothing(noise: bytes) -> None:
    parse(noise)
    parse(b"\x80\xc8" + noise)


def test_a_cut_report_is_left_out() -> None:
    whole = sender_report(0, 0)
    assert all(parse(whole[:size]) == () for size in range(len(whole)))


def test_a_receiver_report_is_whole_words_and_says_who() -> None:
    packet = receiver_report(7, Reception(SSRC, 12, -3, 99, 5, 0xABCD, 6))
    kind, words = struct.unpack_from("!xBH", packet)
    assert (kind, words) == (201, 7)
    sender, loss, highest, jitter, middle32, delay = struct.unpack_from("!IIIIII", packet, 8)
    assert (sender, loss, highest, jitter, middle32, delay) == (SSRC, 12 << 24 | 0xFFFFFD, 99, 5, 0xABCD, 6)
    assert packet[32 + 1] == 202
    assert len(packet) % 4 == 0
    assert b"beffroi" in packet


def test_before_anything_came_the_report_is_about_nobody() -> None:
    packet = receiver_report(7, None)
    assert (packet[0], packet[1], len(packet[:8])) == (0x80, 201, 8)
    assert packet[9] == 202
