"""H.264 into RTP payloads and back."""

from hypothesis import given
from hypothesis import strategies as st

from mux.rtp.packetise import packetise
from shared.codecs.h264 import START_CODE, nal_type, nal_units

SPS = b"\x67\x42\xc0\x1f\xda\x01"
PPS = b"\x68\xce\x3c\x80"


def depacketised(payloads: list[bytes]) -> list[bytes]:
    """The NAL units in RTP payloads, by RFC 6184 sections 5.6 to 5.8."""
    nals: list[bytes] = []
    partial = b""
    for payload in payloads:
        kind = payload[0] & 0x1F
        if kind == 24:
            at = 1
            while at < len(payload):
                size = int.from_bytes(payload[at : at + 2], "big")
                nals.append(payload[at + 2 : at + 2 + size])
                at += 2 + size
        elif kind == 28:
            if payload[1] & 0x80:
                partial = bytes([(payload[0] & 0xE0) | (payload[1] & 0x1F)])
            partial += payload[2:]
            if payload[1] & 0x40:
                nals.append(partial)
        else:
            nals.append(payload)
    return nals


def nal(kind: int, importance: int, body: bytes) -> bytes:
    # Emulation prevention and trailing zeros are the encoder's affair: no zero bytes, no trouble.
    return bytes([importance << 5 | kind]) + bytes(byte or 1 for byte in body)


_kinds = st.sampled_from([1, 5, 6, 7, 8])
_bodies = st.integers(1, 6000).map(lambda size: bytes(at % 255 + 1 for at in range(size)))
_nals = st.lists(st.builds(nal, _kinds, st.integers(0, 3), _bodies | st.binary(min_size=1)), max_size=8)


@given(_nals)
def test_what_is_cut_can_be_put_together_again(nals: list[bytes]) -> None:
    data = b"".join(START_CODE + one for one in nals)
    assert depacketised(packetise(data)) == nals


@given(st.binary(max_size=4000))
def test_any_bytes_give_payloads_or_nothing(data: bytes) -> None:
    rebuilt = depacketised(packetise(b"\0\0\1" + data))
    sendable = [bytes(one) for one in nal_units(b"\0\0\1" + data) if nal_type(one) in range(1, 24)]
    assert rebuilt == [one for one in sendable if nal_type(one) not in (9, 12)]


def test_parameter_sets_come_first_in_one_packet() -> None:
    payloads = packetise(
        START_CODE
        + SPS
        + START_CODE
        + PPS
        + START_CODE
        + b"\x06\x05\x01"
        + START_CODE
        + nal(5, 3, bytes(3000))
    )
    assert payloads[0][0] == 0x60 | 24
    assert depacketised(payloads[:1]) == [SPS, PPS, b"\x06\x05\x01"]


def test_delimiters_and_filler_are_left_out() -> None:
    data = START_CODE + b"\x09\xf0" + START_CODE + nal(1, 2, b"slice") + START_CODE + b"\x0c\xff\xff\x80"
    assert packetise(data) == [nal(1, 2, b"slice")]


def test_types_that_rtp_uses_for_itself_are_left_out() -> None:
    assert packetise(START_CODE + b"\x1c\x85garbage") == []


def test_garbage_without_a_start_code_gives_nothing() -> None:
    assert packetise(b"\xff" * 100) == []
