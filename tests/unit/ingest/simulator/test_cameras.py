"""How simulated cameras are described on a command line."""

import pytest

from ingest.simulator.cameras import CameraPlan, parse_plans
from ingest.simulator.encoder import Encoding
from ingest.simulator.faults import Fault
from shared.errors import BadInput


def test_a_camera_is_described_on_one_line() -> None:
    [plan] = parse_plans(
        "gate:loop:gop=10:kbps=500:auth=viewer/p:audio:stall=3:jump=4:fault=junk:after=2:session=9:to=x"
    )
    assert plan.name == "gate"
    assert not plan.live
    assert (plan.coding.gop_s, plan.coding.kbps) == (10.0, 500)
    assert (plan.username, plan.password) == ("viewer", "p")
    assert (plan.audio, plan.stall_after_s, plan.jump_after_s) == (True, 3.0, 4.0)
    assert plan.fault is Fault.JUNK
    assert (plan.after_s, plan.session_s, plan.target) == (2.0, 9.0, "x")


def test_codec_b_frames_rate_and_size_are_options() -> None:
    [plan] = parse_plans("sub:codec=h265:bframes=2:size=352x288:fps=25")
    coding = plan.coding
    assert (coding.encoding, coding.b_frames) == (Encoding.H265, 2)
    assert coding.fps == 25
    assert (coding.width, coding.height) == (352, 288)


def test_many_cameras_are_described_by_one_word() -> None:
    assert [plan.name for plan in parse_plans("load*3:loop")] == ["load-0", "load-1", "load-2"]


@pytest.mark.parametrize(
    "text",
    ["a:what", "a:gop=often", "a:fault=none-such", "a:codec=vp8", "a:size=small", "a:fps=quick", "a*many"],
)
def test_an_unknown_option_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_plans(text)


def test_a_plan_never_shows_its_password() -> None:
    assert "hunter2" not in repr(CameraPlan("gate", password="hunter2"))
