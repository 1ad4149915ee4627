"""What simulated cameras draw and encode."""

from ingest.simulator.encoder import Coding, Encoder
from ingest.simulator.feeds import Loop
from ingest.simulator.scene import Scene
from shared.h264 import parameter_sets, parse_sps

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
    assert [index for index, (key, _) in enumerate(loop.pictures) if key] == [0, SMALL.gop]
