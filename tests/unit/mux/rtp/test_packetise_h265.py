"""H.265 into RTP payloads and back."""

import av
from hypothesis import given
from hypothesis import strategies as st

from mux.rtp.packetise_h265 import packetise_h265
from mux.rtp.packetise_nals import MAX_PAYLOAD_BYTES
from shared.codecs.h264 import START_CODE, nal_units
from shared.codecs.h265 import nal_type
from shared.units import Codec
from tests.support.strange_pictures import strange_units

VPS, SPS, PPS, PREFIX_SEI, IDR, TRAIL, AUD, FILLER = 32, 33, 34, 39, 19, 1, 35, 38


def depacketised(payloads: list[bytes]) -> list[bytes]:
    """The NAL units in RTP payloads, by RFC 7798 sections 4.4.1 to 4.4.3."""
    nals: list[bytes] = []
    partial = b""
    for payload in payloads:
        kind = payload[0] >> 1 & 0x3F
        if kind == 48:
            at = 2
            while at < len(payload):
                size = int.from_bytes(payload[at : at + 2], "big")
                nals.append(payload[at + 2 : at + 2 + size])
                at += 2 + size
        elif kind == 49:
            if payload[2] & 0x80:
                partial = bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]])
            partial += payload[3:]
            if payload[2] & 0x40:
                nals.append(partial)
        else:
            nals.append(payload)
    return nals


def nal(kind: int, layer: int, temporal: int, body: bytes) -> bytes:
    # Emulation prevention and trailing zeros are the encoder's affair: no zero bytes, no trouble.
    header = (kind << 9 | layer << 3 | temporal).to_bytes(2, "big")
    return header + bytes(byte or 1 for byte in body)


_kinds = st.sampled_from([TRAIL, IDR, VPS, SPS, PPS, PREFIX_SEI, 40])
_bodies = st.integers(1, 6000).map(lambda size: bytes(at % 255 + 1 for at in range(size)))
_nals = st.lists(
    st.builds(nal, _kinds, st.integers(1, 62), st.integers(1, 7), _bodies | st.binary(min_size=1)), max_size=8
)


def stream(nals: list[bytes]) -> bytes:
    return b"".join(START_CODE + one for one in nals)


@given(_nals)
def test_what_is_cut_can_be_put_together_again(nals: list[bytes]) -> None:
    assert depacketised(packetise_h265(stream(nals))) == nals


@given(_nals, st.integers(40, 1200))
def test_no_payload_is_longer_than_allowed(nals: list[bytes], most: int) -> None:
    assert all(0 < len(payload) <= most for payload in packetise_h265(stream(nals), most))


@given(st.binary(max_size=4000))
def test_any_bytes_give_payloads_or_nothing(data: bytes) -> None:
    rebuilt = depacketised(packetise_h265(b"\0\0\1" + data))
    units = [bytes(one) for one in nal_units(b"\0\0\1" + data) if len(one) > 2]
    assert rebuilt == [one for one in units if nal_type(one) < 48 and nal_type(one) not in (AUD, FILLER)]


def test_fragments_are_equal_but_for_the_last_which_is_not_longer() -> None:
    sizes = [len(payload) for payload in packetise_h265(stream([nal(TRAIL, 0, 1, bytes(5000))]))]
    assert len(sizes) == 5
    assert len(set(sizes[:-1])) == 1
    assert sizes[-1] <= sizes[0]


def test_parameter_sets_come_first_in_one_packet_whose_header_has_the_lowest_of_theirs() -> None:
    sets = [nal(VPS, 0, 2, b"\x0c"), nal(SPS, 3, 1, b"\x01"), nal(PPS, 0, 1, b"\xc1")]
    payloads = packetise_h265(stream([*sets, nal(IDR, 0, 1, bytes(3000))]))
    assert payloads[0][:2] == (48 << 9 | 0 << 3 | 1).to_bytes(2, "big")
    assert depacketised(payloads[:1]) == sets
    assert [payload[0] >> 1 for payload in payloads[1:]] == [49] * 3


def test_real_pictures_survive_the_way() -> None:
    decoder = av.CodecContext.create("hevc", "r")
    shown = 0
    for unit in strange_units(Codec.H265):
        payloads = packetise_h265(unit.data, 200)
        assert max(map(len, payloads)) <= 200 < MAX_PAYLOAD_BYTES
        shown += len(decoder.decode(av.Packet(stream(depacketised(payloads)))))
    assert shown + len(decoder.decode(None)) == 24
