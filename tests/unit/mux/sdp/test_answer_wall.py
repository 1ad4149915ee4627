"""Offers of walls read and answered, and fragments that change how a wall is reached."""

import contextlib
from itertools import count

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from mux.sdp.answer import Answer, Credentials, choose_formats, some_sources
from mux.sdp.offer import MOST_TILES, IceUser, Offer, parse_offer, parse_wall_offer
from mux.transport.fingerprint import Fingerprint
from shared.errors import BadInput, Unsupported
from shared.units import Codec
from tests.support.wall import sources_of, wall_offer

DIGEST = ":".join(["AB"] * 32)
OURS = Fingerprint("sha-256", ":".join(["CD"] * 32))
CREDENTIALS = Credentials("0123abcd", "0123456789abcdef0123456789abcdef")
ADDRESS = ("192.0.2.1", 8444)
SOUND = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:sound\r\na=rtpmap:111 opus/48000/2\r\n"


def answer_to(offer: Offer) -> str:
    formats = choose_formats(offer, None)
    sources = some_sources(
        len(offer.videos), rtx=formats[0].rtx_payload_type is not None, pick=count(11).__next__
    )
    return Answer(offer, formats, tuple(sources), CREDENTIALS, OURS, ADDRESS).render()


@pytest.mark.parametrize("tiles", [1, 36, MOST_TILES])
def test_each_section_is_answered_with_sources_of_its_own(tiles: int) -> None:
    offer = parse_wall_offer(wall_offer(DIGEST, tiles))
    answer = answer_to(offer)
    parsed = SessionDescription.parse(answer)
    assert [one.direction for one in parsed.media] == ["sendonly"] * tiles
    assert [group.items for group in parsed.group] == [[str(number) for number in range(tiles)]]
    sources = sources_of(answer)
    assert [source.mid for source in sources] == list(offer.mids)
    assert len({one for source in sources for one in (source.primary, source.repair)}) == 2 * tiles
    assert len({line for line in answer.split("\r\n") if line.startswith("a=msid:")}) == tiles


def test_all_sections_have_the_same_payload_types() -> None:
    parsed = SessionDescription.parse(answer_to(parse_wall_offer(wall_offer(DIGEST, 3, h265=True))))
    assert {tuple(codec.payloadType for codec in one.rtp.codecs) for one in parsed.media} == {(102, 103, 110)}


def test_h265_is_taken_where_it_is_offered_with_the_level_that_was_asked_for() -> None:
    offer = parse_wall_offer(wall_offer(DIGEST, 1, h265=True))
    h264, h265 = choose_formats(offer, None)
    assert (h264.codec, h265.codec, h265.payload_type) == (Codec.H264, Codec.H265, 110)
    assert "a=fmtp:110 profile-id=1;tier-flag=0;level-id=93;tx-mode=SRST" in answer_to(offer)


def test_sections_that_do_not_ask_to_receive_are_refused_and_are_no_tiles() -> None:
    text = wall_offer(DIGEST, 3).replace("a=mid:1\r\na=recvonly", "a=mid:1\r\na=inactive") + SOUND
    offer = parse_wall_offer(text)
    assert offer.mids == ("0", "2")
    parsed = SessionDescription.parse(answer_to(offer))
    assert [one.port for one in parsed.media] == [8444, 0, 8444, 0]


def test_a_section_that_waits_for_its_group_is_a_tile_and_one_given_up_is_none() -> None:
    waiting = wall_offer(DIGEST, 2).replace("a=mid:1", "a=bundle-only\r\na=mid:1")
    head, first, second = waiting.split("m=video 9")
    assert parse_wall_offer(f"{head}m=video 9{first}m=video 0{second}").mids == ("0", "1")
    given_up = wall_offer(DIGEST, 2)
    head, first, second = given_up.split("m=video 9")
    assert parse_wall_offer(f"{head}m=video 9{first}m=video 0{second}").mids == ("0",)


def test_only_the_first_section_needs_the_transport() -> None:
    head, first, second = wall_offer(DIGEST, 2).split("m=video")
    for name in ("ice-ufrag:light\r\n", "ice-pwd:lightlightlightlightlight\r\n", "setup:actpass\r\n"):
        second = second.replace(f"a={name}", "")
    offer = parse_wall_offer(f"{head}m=video{first}m=video{second}")
    assert (offer.mids, offer.ice) == (("0", "1"), IceUser("light", "lightlightlightlightlight"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (wall_offer(DIGEST, MOST_TILES + 1), "65 video sections: a wall has at most 64"),
        (wall_offer(DIGEST, 2).replace("a=mid:1", "a=mid:0"), "two sections with the same mid"),
        (wall_offer(DIGEST, 2).replace("a=group:BUNDLE 0 1\r\n", ""), "not all in one BUNDLE group"),
        (wall_offer(DIGEST, 2).replace("BUNDLE 0 1", "BUNDLE 0"), "not all in one BUNDLE group"),
        (wall_offer(DIGEST, 2).replace("H264", "VP8"), r"no H\.264, only VP8"),
        (
            wall_offer(DIGEST, 1)
            + wall_offer(DIGEST, 2).split("m=video")[2].join(["m=video", ""]).replace("H264", "VP8"),
            "BUNDLE|payload types",
        ),
        (SOUND.join(["v=0\r\n", ""]), "asks for no video"),
        ("hello", "no SDP"),
    ],
    ids=["too many", "same mid", "no bundle", "two bundles", "no H.264", "differing", "sound", "no SDP"],
)
def test_an_offer_that_is_no_wall_is_told_why(text: str, reason: str) -> None:
    with pytest.raises((BadInput, Unsupported), match=reason):
        parse_wall_offer(text)


def test_sections_of_other_payload_types_are_told() -> None:
    head, first, second = wall_offer(DIGEST, 2).split("m=video")
    other = second.replace("42e01f", "64001f")
    with pytest.raises(BadInput, match="differ in their payload types"):
        parse_wall_offer(f"{head}m=video{first}m=video{other}")


def test_a_plain_offer_is_answered_on_its_first_section_alone() -> None:
    offer = parse_offer(wall_offer(DIGEST, 3))
    parsed = SessionDescription.parse(answer_to(offer))
    assert [one.port for one in parsed.media] == [8444, 0, 0]


_lines = wall_offer(DIGEST, 3).split("\r\n")


@given(st.lists(st.sampled_from(_lines) | st.text(max_size=40), max_size=80))
def test_any_text_is_a_wall_or_refused_by_an_error_of_ours(lines: list[str]) -> None:
    with contextlib.suppress(BadInput, Unsupported):
        SessionDescription.parse(answer_to(parse_wall_offer("\r\n".join(["v=0", *lines]))))


@given(st.integers(0, len(_lines) - 1), st.integers(0, len(_lines) - 1))
def test_a_wall_with_a_line_moved_is_read_or_refused_by_an_error_of_ours(taken: int, put: int) -> None:
    lines = [*_lines]
    lines.insert(put, lines.pop(taken))
    with contextlib.suppress(BadInput, Unsupported):
        answer_to(parse_wall_offer("\r\n".join(lines)))


def test_no_password_shows_in_a_repr() -> None:
    assert "0123" not in repr(IceUser("abcd", "0123"))
