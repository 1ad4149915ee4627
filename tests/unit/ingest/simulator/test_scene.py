"""What simulated cameras draw and encode."""

from dataclasses import replace

import pytest

from ingest.simulator.encoder import Coding, Encoder, Encoding
from ingest.simulator.feeds import Loop
from ingest.simulator.media import Media
from ingest.simulator.scene import Scene
from shared.codecs.h264 import parameter_sets, parse_sps

SMALL = Coding(width=320, height=240, gop_s=1.0, kbps=300)


def _coded(coding: Coding, count: int) -> list[tuple[bool, bytes]]:
    encoder, scene = Encoder(coding), Scene("x", coding.width, coding.height)
    coded = [picture for n in range(count) for picture in encoder.encode(scene.picture(n, n / 12.5, None))]
    return [(picture.key, picture.data) for picture in [*coded, *encoder.finish()]]


def test_the_default_coding_meets_the_legal_size_and_rate() -> None:
    assert (Coding().width, Coding().height) == (704, 576)
    assert Coding().fps >= 12


def test_a_key_picture_comes_at_the_asked_interval_with_its_parameter_sets() -> None:
    coded = _coded(SMALL, 20)
    assert [index for index, (key, _) in enumerate(coded) if key] == [0, SMALL.gop]
    assert all(None not in parameter_sets(data) for key, data in coded if key)


def test_pictures_are_never_reordered_by_default() -> None:
    sps, _ = parameter_sets(_coded(SMALL, 1)[0][1])
    assert sps is not None
    assert not parse_sps(sps).may_reorder


def test_the_b_frame_camera_says_so_in_its_sps() -> None:
    sps, _ = parameter_sets(_coded(Coding(width=320, height=240, b_frames=2), 5)[0][1])
    assert sps is not None
    assert parse_sps(sps).may_reorder


@pytest.mark.parametrize("encoding", Encoding)
def test_every_encoding_gives_each_picture_once_and_its_sets_with_the_key_picture(encoding: Encoding) -> None:
    coding = replace(SMALL, encoding=encoding, gop_s=0.4)
    media = Media(coding, Loop(coding, groups=2).media.head)
    encoder, scene = Encoder(coding), Scene("x", coding.width, coding.height)
    coded = [one for n in range(10) for one in encoder.encode(scene.picture(n, n / 12.5, None))]
    coded += encoder.finish()
    assert [one.shown for one in coded] == list(range(10))
    assert coded[0].key
    if encoding is not Encoding.MJPEG:
        assert len(media.without_sets(coded[0].data)) < len(coded[0].data)
        assert not coded[1].key


@pytest.mark.parametrize("encoding", [Encoding.H264, Encoding.H265, Encoding.MPEG4])
def test_with_b_frames_pictures_are_sent_out_of_order_and_none_before_it_is_made(encoding: Encoding) -> None:
    loop = Loop(replace(SMALL, encoding=encoding, gop_s=0.8, b_frames=2), groups=2)
    late = [picture.late for picture in loop.pictures]
    assert min(late) == 0
    assert max(late) > min(late)
    shown = [place - pictures for place, pictures in enumerate(late)]
    assert sorted(shown) == list(range(shown[0], shown[0] + len(shown)))


def test_the_same_name_draws_the_same_street() -> None:
    first, second = (Scene("gate", 320, 240).picture(3, 1.0, 1_795_000_000_000) for _ in range(2))
    assert (first == second).all()


def test_night_is_darker_than_noon() -> None:
    noon_ms, day_ms = 1_795_003_200_000 // 86_400_000 * 86_400_000 + 43_200_000, 86_400_000
    scene = Scene("gate", 320, 240)
    noon = scene.picture(0, 0.0, noon_ms)[:200].mean()
    assert scene.picture(0, 0.0, noon_ms + day_ms // 2)[:200].mean() < noon * 0.8


def test_a_loop_is_whole_groups_of_pictures() -> None:
    loop = Loop(SMALL, groups=2)
    assert len(loop.pictures) == 2 * SMALL.gop
    assert [index for index, picture in enumerate(loop.pictures) if picture.key] == [0, SMALL.gop]
