"""Only decodable MPEG-4 Visual gets through."""

import pytest

from ingest.checks.common import NotDecodable
from ingest.checks.mpeg4 import B_FRAMES, Mpeg4Checks
from ingest.simulator.encoder import Coding, Encoding
from shared.codecs.mpeg4 import configuration
from tests.unit.ingest.camera_packets import costly
from tests.unit.ingest.checks.test_choice import bare, pictures, sets_of


def test_headers_told_outside_the_stream_go_in_front_of_a_key_picture() -> None:
    tested = Mpeg4Checks(sets_of(Encoding.MPEG4))
    first = tested.check(bare(Encoding.MPEG4, pictures(Encoding.MPEG4)[0]))
    assert first.key
    assert first.data.startswith(sets_of(Encoding.MPEG4))


def test_wrong_headers_beside_the_stream_wait_for_its_own() -> None:
    tested = Mpeg4Checks(b"\0\0\1\x20nonsense")
    with pytest.raises(NotDecodable, match="headers"):
        tested.check(bare(Encoding.MPEG4, pictures(Encoding.MPEG4)[0]))
    assert tested.check(pictures(Encoding.MPEG4)[0]).key


def test_b_frames_are_told_and_advised_against() -> None:
    tested = Mpeg4Checks()
    units = [tested.check(packet.data) for packet in costly(Coding(encoding=Encoding.MPEG4, b_frames=2))]
    assert units[-1].reordered
    assert B_FRAMES in tested.advice


def test_after_a_loss_the_next_unit_is_a_key_unit() -> None:
    tested = Mpeg4Checks()
    first, second, *_ = pictures(Encoding.MPEG4)
    assert configuration(first)
    tested.check(first)
    tested.lose_sync()
    with pytest.raises(NotDecodable, match="key picture"):
        tested.check(second)
