"""The pictures that loop in a simulated camera."""

from dataclasses import replace

import pytest

from ingest.simulator.encoder import Encoding
from ingest.simulator.feeds import Loop
from tests.unit.ingest.simulator.test_encoder import SMALL


@pytest.mark.parametrize("encoding", [Encoding.H264, Encoding.H265, Encoding.MPEG4])
def test_with_b_frames_pictures_are_sent_out_of_order_and_none_before_it_is_made(encoding: Encoding) -> None:
    loop = Loop(replace(SMALL, encoding=encoding, gop_s=0.8, b_frames=2), groups=2)
    late = [picture.late for picture in loop.pictures]
    assert min(late) == 0
    assert max(late) > min(late)
    shown = [place - pictures for place, pictures in enumerate(late)]
    assert sorted(shown) == list(range(shown[0], shown[0] + len(shown)))


def test_a_loop_is_whole_groups_of_pictures() -> None:
    loop = Loop(SMALL, groups=2)
    assert len(loop.pictures) == 2 * SMALL.gop
    assert [index for index, picture in enumerate(loop.pictures) if picture.key] == [0, SMALL.gop]
