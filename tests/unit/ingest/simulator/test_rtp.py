"""RTP packets of the simulated camera, taken apart again."""

import struct
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.simulator.rtp import MAX_PAYLOAD, RtpStream, h264_payloads, h265_payloads, mpeg4_payloads
from shared.codecs.h264 import annex_b

_BODY = st.binary(min_size=1, max_size=5000).map(lambda body: body.replace(b"\0", b"\1"))
H264_NALS = st.lists(
    st.builds(lambda kind, body: bytes((0x60 | kind,)) + body, st.integers(1, 23), _BODY), max_size=6
)
H265_NALS = st.lists(
    st.builds(lambda kind, body: bytes((kind << 1, 1)) + body, st.integers(0, 40), _BODY), max_size=6
)


def _frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        assert data[0] == 0x24
        size = int.from_bytes(data[2:4], "big")
        yield data[1], data[4 : 4 + size]
        data = data[4 + size :]


@settings(deadline=None)
@given(H264_NALS)
def test_h264_payloads_put_together_are_the_picture(nals: list[bytes]) -> None:
    rebuilt: list[bytes] = []
    for payload in h264_payloads(annex_b(nals)):
        assert len(payload) <= MAX_PAYLOAD
        if payload[0] & 0x1F != 28:
            rebuilt.append(payload)
        elif payload[1] & 0x80:
            rebuilt.append(bytes((payload[0] & 0xE0 | payload[1] & 0x1F,)) + payload[2:])
        else:
            rebuilt[-1] += payload[2:]
    assert rebuilt == nals


@settings(deadline=None)
@given(H265_NALS)
def test_h265_payloads_put_together_are_the_picture(nals: list[bytes]) -> None:
    rebuilt: list[bytes] = []
    for payload in h265_payloads(annex_b(nals)):
        assert len(payload) <= MAX_PAYLOAD
        if payload[0] >> 1 & 0x3F != 49:
            rebuilt.append(payload)
        elif payload[2] & 0x80:
            rebuilt.append(bytes((payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1])) + payload[3:])
        else:
            rebuilt[-1] += payload[3:]
    assert rebuilt == nals


@given(st.binary(max_size=5000))
def test_mpeg4_payloads_put_together_are_the_picture(data: bytes) -> None:
    payloads = mpeg4_payloads(data)
    assert b"".join(payloads) == data
    assert all(0 < len(payload) <= MAX_PAYLOAD for payload in payloads)


def test_sequence_numbers_go_on_over_pictures_and_past_their_wrap() -> None:
    stream = RtpStream(ssrc=7, payload_type=96, first_sequence=0xFFFE)
    data = stream.picture([b"a", b"b"], 0) + stream.picture([b"c", b"d"], 90)
    headers = [struct.unpack("!BBHII", packet[:12]) for _, packet in _frames(data)]
    assert [header[2] for header in headers] == [0xFFFE, 0xFFFF, 0, 1]


def test_only_the_last_packet_of_a_picture_is_marked() -> None:
    packets = [packet for _, packet in _frames(RtpStream(7, 96, 0).picture([b"a", b"b", b"c"], 0))]
    assert [packet[1] >> 7 for packet in packets] == [0, 0, 1]


def test_a_sender_report_pairs_utc_with_media_time() -> None:
    stream = RtpStream(7, 96, 0)
    stream.picture([b"abc"], 0)
    [(channel, report)] = _frames(stream.sender_report(1_500_000_000, 90_000))
    fields = struct.unpack("!BBHIIIIII", report[:28])
    assert channel == 1
    assert fields[4:] == (2_208_988_801, 1 << 31, 90_000, 1, 3)
    assert len(report) % 4 == 0
