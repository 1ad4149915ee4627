"""Which payload types of an offer can be sent on."""

import pytest

from mux.sdp.answer import choose_formats
from mux.sdp.offer import parse_offer
from shared.errors import Unsupported
from tests.support import offers
from tests.unit.mux.sdp.test_offer import _MODE_1, answer_to


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("", None),
        ("packetization-mode=0", "packetization-mode=0"),
        ("profile-level-id=42e01f", "level-asymmetry-allowed=1;profile-level-id=42e01f"),
        ("packetization-mode=1", "packetization-mode=1"),
        ("PACKETIZATION-MODE = 1", "packetization-mode=1"),
        ("profile-level-id=4D001F; packetization-mode=1", _MODE_1 + "4d001f"),
    ],
)
def test_what_is_not_said_of_h264_is_mode_0_and_not_said_back(said: str, answered: str | None) -> None:
    text = offers.WEBRTCBIN.replace(
        "H264/90000\n", f"H264/90000\na=fmtp:96 {said}\n" if said else "H264/90000\n"
    )
    (one,) = parse_offer(text).formats
    assert one.mode == (1 if answered and "mode=1" in answered else 0)
    assert one.profile_idc == (77 if "4D" in said else 66)
    fmtp = [line for line in answer_to(parse_offer(text)).split("\r\n") if line.startswith("a=fmtp:96")]
    assert fmtp == ([] if answered is None else [f"a=fmtp:96 {answered}"])


@pytest.mark.parametrize("said", ["packetization-mode=2", "packetization-mode=x", "profile-level-id=4d"])
def test_h264_that_cannot_be_sent_is_refused_in_words(said: str) -> None:
    text = offers.WEBRTCBIN.replace("H264/90000\n", f"H264/90000\na=fmtp:96 {said}\n")
    with pytest.raises(Unsupported, match="cannot be read"):
        parse_offer(text)


def test_mode_1_is_taken_before_mode_0_whatever_their_order_and_profile() -> None:
    text = offers.FIREFOX.replace("126 127 97 98", "97 98 126 127").replace("42e01f;l", "64001f;l", 1)
    assert choose_formats(parse_offer(text), 66)[0].payload_type == 126
