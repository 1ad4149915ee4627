"""What the demo simulates and registers."""

from urllib.parse import urlsplit

from deploy.demo import CAMERAS, registration, simulator_arguments
from ingest.simulator.cameras import parse_plans


def test_every_address_the_demo_registers_is_a_simulated_camera_with_its_credentials() -> None:
    plans = {
        plan.name: plan for text in simulator_arguments(9007, "secret")[4:] for plan in parse_plans(text)
    }
    assert len(plans) == 2 * len(CAMERAS)
    for camera in CAMERAS:
        asked = registration(camera, 9007, "secret")
        main, sub = (
            plans[urlsplit(str(asked[name])).path.removeprefix("/")] for name in ("address", "sub_address")
        )
        for plan in (main, sub):
            assert (plan.username, plan.password) == (asked["username"], asked["password"])
        assert sub.coding.width * 2 <= main.coding.width
        assert sub.coding.kbps < main.coding.kbps
        assert sub.coding.encoding is main.coding.encoding


def test_one_of_the_demos_cameras_sends_what_not_every_browser_shows() -> None:
    told = [camera.name for camera in CAMERAS if "codec=" in camera.options]
    assert told == ["Parc Barbieux"]
