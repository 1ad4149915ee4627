"""What simulated cameras draw and encode."""

from ingest.simulator.scene import Scene


def test_the_same_name_draws_the_same_street() -> None:
    first, second = (Scene("gate", 320, 240).picture(3, 1.0, 1_795_000_000_000) for _ in range(2))
    assert (first == second).all()


def test_night_is_darker_than_noon() -> None:
    noon_ms, day_ms = 1_795_003_200_000 // 86_400_000 * 86_400_000 + 43_200_000, 86_400_000
    scene = Scene("gate", 320, 240)
    noon = scene.picture(0, 0.0, noon_ms)[:200].mean()
    assert scene.picture(0, 0.0, noon_ms + day_ms // 2)[:200].mean() < noon * 0.8
