"""What each program of an installation is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.demo import simulator_arguments
from deploy.layout import Layout
from deploy.ports import Ports
from deploy.process import Program
from deploy.secrets import open_secrets


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    ports = Ports.from_base(9000, 2)
    return Layout(
        data_dir=tmp_path,
        ports=ports,
        secrets=open_secrets(tmp_path / "secrets"),
        host="127.0.0.1",
        public_url="https://page.test",
        demo=False,
        media_host="192.0.2.1",
        mux_urls=("https://live-1.test", "https://live-2.test"),
        storage_url="https://storage.test",
    )


def named(layout: Layout) -> dict[str, Program]:
    return {program.name: program for program in layout.centre()}


def test_each_mux_has_ports_and_a_folder_of_its_own(layout: Layout) -> None:
    programs = named(layout)
    assert list(programs) == ["redis", "control_room", "mux", "mux-2", "storage"]
    own = [
        [programs[name].environment[f"BEFFROI_{key}"] for name in ("mux", "mux-2")]
        for key in ("HTTP_PORT", "UDP_PORT", "TAP_ENDPOINTS", "STATUS_PORT", "DATA_DIR")
    ]
    assert all(one != other for one, other in own)


def test_control_room_knows_each_mux_by_both_addresses_in_the_same_order(layout: Layout) -> None:
    told = named(layout)["control_room"].environment
    assert told["BEFFROI_MUX_URLS"] == "https://live-1.test,https://live-2.test"
    ports = [mux.http for mux in layout.ports.muxes]
    assert told["BEFFROI_MUX_INTERNAL_URLS"] == ",".join(f"http://127.0.0.1:{port}" for port in ports)


def test_a_worker_publishes_to_every_mux_and_to_storage(layout: Layout) -> None:
    told = layout.worker("59350", "token", 9100).environment["BEFFROI_TAP_ENDPOINTS"]
    bound = [
        program.environment["BEFFROI_TAP_ENDPOINTS"].removeprefix("bind:")
        for program in layout.centre()
        if "BEFFROI_TAP_ENDPOINTS" in program.environment
    ]
    assert told.split(",") == [f"connect:{endpoint}" for endpoint in bound]
    assert len(bound) == 3


def test_turn_servers_share_a_secret_made_for_them(layout: Layout) -> None:
    assert "BEFFROI_TURN_SECRET" not in named(layout)["control_room"].environment
    with_turn = replace(layout, turn_urls=("turn:turn.test:3478",), stun_urls=("stun:stun.test",))
    told = named(with_turn)["control_room"].environment
    assert told["BEFFROI_TURN_URLS"] == "turn:turn.test:3478"
    assert told["BEFFROI_STUN_URLS"] == "stun:stun.test"
    assert told["BEFFROI_TURN_SECRET"] == (layout.secrets.folder / "turn-secret").read_text()


def test_no_secret_is_among_the_arguments_of_a_program_which_everybody_sees(layout: Layout) -> None:
    cameras = layout.simulator(simulator_arguments(9007, layout.secrets.text("demo-camera-password")))
    programs = [*layout.centre(), layout.worker("59350", "worker-token", 9011), cameras]
    arguments = " ".join(argument for program in programs for argument in program.command)
    secrets = {
        file.read_text(errors="replace").strip() for file in layout.secrets.folder.iterdir() if file.is_file()
    }
    assert not [secret for secret in {*secrets, "worker-token"} if secret in arguments]


def test_no_camera_may_be_at_a_port_of_the_centre(layout: Layout) -> None:
    for program in (layout.worker("59350", "t", 9011), *layout.centre()):
        own = program.environment.get("BEFFROI_OWN_PLACES")
        if own is not None:
            ports = {int(place.rpartition(":")[2]) for place in own.split(",")}
            taken = {number for purpose, number in layout.ports.named() if purpose != "simulator"}
            assert taken <= ports
            assert layout.ports.simulator not in ports


def test_a_bucket_chosen_before_the_start_is_told_to_storage_alone(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFFROI_S3_URL", "https://s3.test")
    monkeypatch.setenv("BEFFROI_SPOOL_LIMIT_MB", "1000")
    told = {name: program.environment for name, program in named(layout).items()}
    assert [name for name in told if "BEFFROI_S3_URL" in told[name]] == ["storage"]
    assert told["storage"]["BEFFROI_SPOOL_LIMIT_MB"] == "1000"
    assert "BEFFROI_S3_BUCKET" not in told["storage"]
