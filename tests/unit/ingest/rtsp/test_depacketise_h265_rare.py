"""Rare ways of H.265 in RTP: decoding order numbers, PACI; and what is refused in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import UnsupportedCodec
from ingest.rtsp.depacketise_h265 import H265Depacketiser
from ingest.rtsp.depacketisers import depacketiser_of
from ingest.rtsp.sdp import Video, video_of
from ingest.simulator.rewriting import paci, with_order_number
from ingest.simulator.rtp import h265_payloads
from shared.codecs.h264 import annex_b, nal_units
from tests.support.pictures import coded_h265
from tests.unit.ingest.rtsp.packets import Rig, rtp
from tests.unit.ingest.rtsp.test_depacketise import put

_NAL = st.tuples(st.sampled_from([1, 19, 32, 33, 34, 39]), st.integers(2, 3000)).map(
    lambda drawn: bytes((drawn[0] << 1, 1)) + b"\x9a" + bytes(n % 251 + 1 for n in range(drawn[1]))
)


@settings(max_examples=40)
@given(st.lists(_NAL, min_size=1, max_size=5), st.integers(0, 0xFFFF))
def test_decoding_order_numbers_are_left_out(nals: list[bytes], first: int) -> None:
    payloads = [
        with_order_number(payload, first + place)
        for place, nal in enumerate(nals)
        for payload in h265_payloads(annex_b([nal]))
    ]
    depacketiser = H265Depacketiser(numbered=True)
    put(depacketiser, payloads)
    assert not depacketiser.damaged
    assert depacketiser.take() == annex_b(nals)


def test_units_sent_together_with_their_numbers_are_taken_apart() -> None:
    nals = [b"\x40\1vps", b"\x42\1sps", b"\x26\1\xafslice"]
    parts = [len(nal).to_bytes(2, "big") + nal for nal in nals]
    depacketiser = H265Depacketiser(numbered=True)
    put(depacketiser, [b"\x60\1" + b"\0\7" + parts[0] + b"\0" + parts[1] + b"\0" + parts[2]])
    assert not depacketiser.damaged
    assert depacketiser.take() == annex_b(nals)


def test_what_comes_out_of_order_is_damaged() -> None:
    depacketiser = H265Depacketiser(numbered=True)
    put(depacketiser, [with_order_number(b"\x26\1\xafkey", 9), with_order_number(b"\x02\1\xafnon", 8)])
    assert depacketiser.damaged


@settings(max_examples=40)
@given(st.lists(_NAL, min_size=1, max_size=5), st.binary(max_size=31), st.booleans())
def test_what_paci_carries_comes_out_as_it_went_in(nals: list[bytes], extra: bytes, order: bool) -> None:
    payloads = [
        paci(with_order_number(payload, place) if order else payload, extra)
        for place, nal in enumerate(nals)
        for payload in h265_payloads(annex_b([nal]))
    ]
    depacketiser = H265Depacketiser(numbered=order)
    put(depacketiser, payloads)
    assert not depacketiser.damaged
    assert depacketiser.take() == annex_b(nals)


@pytest.mark.parametrize("payload", [b"\x64\1\0", b"\x64\1\2\0", paci(b"\x64\1\0\0x"), paci(b"\x26\1")])
def test_paci_of_nothing_is_malformed(payload: bytes) -> None:
    depacketiser = H265Depacketiser()
    put(depacketiser, [payload])
    assert depacketiser.malformed == 1
    assert not depacketiser.unit


@settings(max_examples=40)
@given(st.booleans(), st.lists(st.binary(max_size=40), max_size=8))
def test_noise_raises_nothing(order: bool, noise: list[bytes]) -> None:
    depacketiser = H265Depacketiser(numbered=order)
    put(depacketiser, [bytes((kind << 1,)) + payload for kind in (48, 49, 50) for payload in noise])


@pytest.mark.parametrize("order", [False, True])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_receiver_gives_whole_pictures_of_either(order: bool, wrapped: bool) -> None:
    rig = Rig(H265Depacketiser(numbered=order))
    pictures = [annex_b(list(map(bytes, nal_units(one.data)))) for one in coded_h265(3)]
    sequence = 0
    for number, data in enumerate(pictures):
        payloads = h265_payloads(data)
        for place, payload in enumerate(payloads):
            payload = with_order_number(payload, sequence) if order else payload
            payload = paci(payload) if wrapped else payload
            last = place == len(payloads) - 1
            rig.take(rtp(payload, sequence, 3600 * number, marker=last))
            sequence += 1
    assert [picture.data for picture in rig.pictures] == pictures
    assert (rig.counts.malformed, rig.counts.damaged_pictures) == (0, 0)


def described(fmtp: str, codec: str = "H265") -> Video:
    video = video_of(f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {codec}/90000\r\na=fmtp:96 {fmtp}\r\n")
    assert video is not None
    return video


def test_order_numbers_are_expected_where_the_description_says_so() -> None:
    assert described("sprop-max-don-diff=2").numbered
    assert not described("sprop-max-don-diff=0").numbered
    assert not described("sprop-vps=QAE").numbered


@pytest.mark.parametrize(
    ("fmtp", "codec"),
    [
        ("sprop-max-don-diff=2;sprop-depack-buf-nalus=3", "H265"),
        ("packetization-mode=2;sprop-interleaving-depth=1", "H264"),
    ],
)
def test_pictures_out_of_decoding_order_are_refused_in_words(fmtp: str, codec: str) -> None:
    with pytest.raises(UnsupportedCodec, match="another order"):
        depacketiser_of(described(fmtp, codec), "camera")


def test_interleaved_packetisation_in_decoding_order_is_taken() -> None:
    depacketiser_of(described("packetization-mode=2;sprop-interleaving-depth=0", "H264"), "camera")
