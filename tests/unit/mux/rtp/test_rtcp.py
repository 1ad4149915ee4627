"""Feedback in, reports out."""

import contextlib
import struct

import pytest
from aiortc.rtp import RtcpPacket, RtcpSdesPacket, RtcpSrPacket
from hypothesis import given
from hypothesis import strategies as st

from mux.rtp.rtcp import (
    Goodbye,
    KeyFrameRequest,
    Nack,
    Remb,
    ReportBlock,
    SenderReport,
    parse,
)
from shared.errors import BadInput


def packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0x80 | count, kind, len(body) // 4) + body


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_as_bad_input(data: bytes) -> None:
    with contextlib.suppress(BadInput):
        parse(data)


@given(st.sampled_from([200, 201, 203, 205, 206]), st.integers(0, 63), st.binary(max_size=120))
def test_any_body_of_a_known_kind_is_read_or_refused_as_bad_input(kind: int, first: int, body: bytes) -> None:
    body += bytes(-len(body) % 4)
    with contextlib.suppress(BadInput):
        parse(struct.pack(">BBH", 0x80 | first, kind, len(body) // 4) + body)


@given(st.sets(st.integers(0, 16), min_size=1), st.integers(0, 0xFFFF))
def test_a_nack_names_every_missing_number(offsets: set[int], first: int) -> None:
    mask = sum(1 << (offset - 1) for offset in offsets if offset)
    found = parse(packet(205, 1, struct.pack(">IIHH", 1, 7, first, mask)))
    assert found == [Nack(7, tuple((first + offset) & 0xFFFF for offset in sorted(offsets | {0})))]


def test_pli_and_fir_both_ask_for_a_key_frame() -> None:
    pli = packet(206, 1, struct.pack(">II", 1, 7))
    fir = packet(206, 4, struct.pack(">IIIB3x", 1, 0, 8, 1))
    assert parse(pli + fir) == [KeyFrameRequest(7), KeyFrameRequest(8)]


def test_a_receiver_report_says_what_was_lost() -> None:
    body = struct.pack(">IIB3sIIII", 1, 7, 64, (-2).to_bytes(3, "big", signed=True), 5, 900, 0, 0)
    assert parse(packet(201, 1, body)) == [ReportBlock(7, 0.25, -2, 900)]


def test_remb_gives_bits_a_second() -> None:
    body = struct.pack(">II4sB", 1, 0, b"REMB", 1) + (3 << 18 | 1000).to_bytes(3, "big") + bytes(4)
    assert parse(packet(206, 15, body)) == [Remb(8000)]


def test_bye_is_a_goodbye_and_padding_is_no_trouble() -> None:
    padded = struct.pack(">BBH", 0xA1, 203, 2) + struct.pack(">I", 1) + b"\0\0\0\4"
    assert parse(padded) == [Goodbye()]


@pytest.mark.parametrize(
    "wrong",
    [
        b"\x80",
        b"\x80\xc9\x00\x09",
        b"\x00\xc9\x00\x00",
        b"\xa0\xc9\x00\x01\0\0\0\x09",
        b"\x9f\xc9\x00\x01\0\0\0\1",
    ],
    ids=["cut header", "too long", "wrong version", "wrong padding", "too few blocks"],
)
def test_what_does_not_add_up_is_refused(wrong: bytes) -> None:
    with pytest.raises(BadInput, match="RTCP"):
        parse(wrong)


def test_a_sender_report_is_read_by_another_implementation() -> None:
    report = SenderReport(7, 1_700_000_000_500_000_000, (1 << 32) + 90, 12, 3456)
    sender, description = RtcpPacket.parse(report.compound(b"beffroi"))
    assert isinstance(sender, RtcpSrPacket)
    assert isinstance(description, RtcpSdesPacket)
    assert sender.sender_info.ntp_timestamp == (1_700_000_000 + 2_208_988_800) << 32 | 1 << 31
    assert (sender.sender_info.rtp_timestamp, sender.sender_info.packet_count) == (90, 12)
    assert description.chunks[0].items == [(1, b"beffroi")]
