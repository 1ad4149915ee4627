"""What simulated cameras encode."""

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
