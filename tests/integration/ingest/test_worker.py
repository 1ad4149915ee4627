"""The worker as a process of its own: control_room on one side, the tap on the other."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet

from ingest.simulator.cameras import CameraPlan
from ingest.simulator.server import SimulatedCameras
from shared.clock import SystemClock
from shared.ids import StreamId
from shared.messages.ingest import CameraStatus, WantedCamera
from shared.tap import Endpoint, Gap, TapKeys, TapSubscriber
from shared.tap.keys import make_pair
from shared.units import AccessUnit
from tests.integration.ingest.conftest import COMMUNE, wanted
from tests.integration.ingest.control_room import StandIn
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.ports import free_port
from tests.support.private import open_to_others, readable_by_others

TOKEN = "worker-token-of-the-test"
PASSWORD = "hunter2-of-the-camera"
pytestmark = pytest.mark.slow


class Worker:
    """`python -m ingest` with its surroundings."""

    def __init__(self, folder: Path) -> None:
        self.room = StandIn(COMMUNE, TOKEN)
        self.folder = folder
        self.status_port = free_port()
        endpoint = f"tcp://127.0.0.1:{free_port()}"
        self.tap = TapSubscriber([Endpoint.parse(f"bind:{endpoint}")], None, SystemClock())
        self.units: list[AccessUnit] = []
        self._endpoint = f"connect:{endpoint}"
        self._key = Fernet.generate_key().decode()
        self._process: asyncio.subprocess.Process | None = None
        self._more: dict[str, str] = {}

    async def use_keys(self) -> None:
        """Let the tap be encrypted, and know the worker by its key."""
        peers = self.folder / "peers"
        peers.mkdir()
        server_public, server_secret = make_pair()
        public, secret = make_pair()
        for file, key in (("server.pub", server_public), ("server.key", server_secret), ("own.key", secret)):
            (self.folder / file).write_bytes(key)
        (peers / f"{COMMUNE}.pub").write_bytes(public)
        self._more = {
            "TAP_KEY_FILE": str(self.folder / "own.key"),
            "TAP_SERVER_KEY_FILE": str(self.folder / "server.pub"),
        }
        await self.tap.close()
        keys = TapKeys.load(self.folder / "server.key", peers_dir=peers)
        bind = self._endpoint.replace("connect:", "bind:")
        self.tap = TapSubscriber([Endpoint.parse(bind)], keys, SystemClock())
        await self.tap.start()

    async def start(self, token: str = TOKEN) -> None:
        settings = {
            "CONTROL_URL": self.room.url,
            "WORKER_TOKEN": token,
            "CACHE_KEY": self._key,
            "TAP_ENDPOINTS": self._endpoint,
            "STATUS_PORT": str(self.status_port),
            "DATA_DIR": str(self.folder / "data"),
            "ALLOW_LOOPBACK": "true",
            **self._more,
        }
        environment = {**os.environ, **{f"BEFFROI_{name}": value for name, value in settings.items()}}
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "ingest", "--commune", COMMUNE, env=environment, stdout=log, stderr=log
            )

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        return await asyncio.wait_for(process.wait(), 60)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def watch(self, camera: str) -> None:
        self.tap.subscribe(StreamId(COMMUNE, camera), self._take)

    def want(self, *cameras: WantedCamera) -> None:
        self.room.cameras = cameras

    async def live(self, camera: str, within_s: float = 10) -> None:
        await eventually(
            lambda: self.room.status(camera) is CameraStatus.LIVE, within_s=within_s, what=f"{camera} live"
        )

    async def health(self) -> httpx.Response:
        async with local_client() as client:
            return await client.get(f"http://127.0.0.1:{self.status_port}/healthz")

    def _take(self, item: AccessUnit | Gap) -> None:
        if isinstance(item, AccessUnit):
            self.units.append(item)


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    worker = Worker(tmp_path)
    await worker.room.start()
    await worker.tap.start()
    yield worker
    await worker.stop(signal.SIGKILL)
    await worker.tap.close()
    await worker.room.close()


@pytest.fixture
def two(cameras: SimulatedCameras) -> tuple[WantedCamera, WantedCamera]:
    cameras.add(CameraPlan("gate", username="viewer", password=PASSWORD))
    cameras.add(CameraPlan("place"))
    return (
        wanted(cameras.url("gate"), "gate", "viewer", PASSWORD),
        wanted(cameras.url("place"), "place"),
    )


Two = tuple[WantedCamera, WantedCamera]


async def test_units_reach_who_asked_for_them_starting_with_a_key_unit(worker: Worker, two: Two) -> None:
    worker.want(*two)
    worker.watch("gate")
    await worker.start()
    await eventually(lambda: len(worker.units) > 20)
    assert worker.units[0].key
    assert {unit.stream.camera for unit in worker.units} == {"gate"}
    assert [unit.seq for unit in worker.units] == list(
        range(worker.units[0].seq, worker.units[0].seq + len(worker.units))
    )


async def test_units_cross_an_encrypted_tap_whose_key_is_told_with_the_credential(
    worker: Worker, two: Two
) -> None:
    await worker.use_keys()
    worker.want(*two)
    worker.watch("gate")
    await worker.start()
    await eventually(lambda: len(worker.units) > 5)
    known = (worker.folder / "peers" / f"{COMMUNE}.pub").read_text()
    assert worker.room.tap_keys == {known}


async def test_a_camera_added_is_live_within_two_seconds_and_the_others_untouched(
    worker: Worker, two: Two, cameras: SimulatedCameras
) -> None:
    worker.want(two[0])
    await worker.start()
    await worker.live("gate")
    worker.want(*two)
    worker.watch("place")
    await eventually(lambda: worker.units, within_s=2.0, what="a unit of the added camera")
    gate = cameras.get("gate")
    assert gate is not None
    assert gate.counts.logins == 1


async def test_a_camera_removed_is_let_go_within_two_seconds(
    worker: Worker, two: Two, cameras: SimulatedCameras
) -> None:
    worker.want(*two)
    await worker.start()
    await worker.live("gate")
    await worker.live("place")
    gate, place = cameras.get("gate"), cameras.get("place")
    assert gate is not None
    assert place is not None
    worker.want(two[1])
    await eventually(lambda: gate.counts.sessions == 0, within_s=2.0, what="no session at the camera")
    await eventually(lambda: worker.room.status("gate") is None)
    assert (place.counts.sessions, place.counts.logins) == (1, 1)


async def test_a_changed_password_reconnects_that_camera_alone_within_two_seconds(
    worker: Worker, two: Two, cameras: SimulatedCameras
) -> None:
    worker.want(replace(two[0], password="wrong"), two[1])
    await worker.start()
    await eventually(lambda: worker.room.status("gate") is CameraStatus.REFUSED)
    await worker.live("place")
    worker.want(*two)
    await worker.live("gate", within_s=2.5)
    place = cameras.get("place")
    assert place is not None
    assert place.counts.logins == 1


async def test_a_changed_name_alone_reconnects_nothing(
    worker: Worker, two: Two, cameras: SimulatedCameras
) -> None:
    worker.want(two[0])
    await worker.start()
    await worker.live("gate")
    worker.want(replace(two[0], name="North gate"), two[1])
    await worker.live("place")
    gate = cameras.get("gate")
    assert gate is not None
    assert gate.counts.logins == 1


async def test_without_control_room_a_worker_starts_from_what_it_kept(worker: Worker, two: Two) -> None:
    worker.want(*two)
    await worker.start()
    await worker.live("gate")
    await worker.stop()
    await worker.room.close()
    worker.watch("gate")
    await worker.start()
    await eventually(lambda: len(worker.units) > 5, what="units without control_room")
    answer = await worker.health()
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["wrong"]["control_room"]


async def test_a_killed_worker_goes_on_with_higher_runs_and_closes_what_others_could_read(
    worker: Worker, two: Two
) -> None:
    worker.want(two[0])
    worker.watch("gate")
    await worker.start()
    await eventually(lambda: worker.units)
    await worker.stop(signal.SIGKILL)
    first_run = worker.units[-1].run
    kept = worker.folder / "data" / "ingest" / COMMUNE
    open_to_others(kept)
    await worker.start()
    await eventually(lambda: worker.units[-1].run > first_run)
    assert readable_by_others(kept) == []


async def test_neither_address_nor_password_is_kept_logged_or_reported(worker: Worker, two: Two) -> None:
    wrong = replace(two[0], stream=f"{COMMUNE}/wrong/main", password=PASSWORD + "-wrong")
    worker.want(*two, wrong)
    await worker.start()
    await worker.live("gate")
    await eventually(lambda: worker.room.status("wrong") is CameraStatus.REFUSED)
    async with local_client() as client:
        metrics = (await client.get(f"http://127.0.0.1:{worker.status_port}/metrics")).text
    await worker.stop()
    kept = b"".join(file.read_bytes() for file in (worker.folder / "data").rglob("*") if file.is_file())
    told = worker.log + metrics + b"".join(worker.room.raw_reports).decode()
    assert kept
    assert PASSWORD not in told
    assert TOKEN not in told
    assert not any(secret.encode() in kept for secret in (PASSWORD, "rtsp://", "viewer", TOKEN))


async def test_a_refused_credential_is_said_by_healthz(worker: Worker, two: Two) -> None:
    await worker.start(token="another-token")
    await eventually(lambda: "refuses the credential" in worker.log)
    assert "refuses the credential" in (await worker.health()).json()["wrong"]["control_room"]


async def test_a_healthy_worker_says_so_and_counts(worker: Worker, two: Two) -> None:
    worker.want(two[0])
    await worker.start()
    await worker.live("gate")
    assert (await worker.health()).json() == {"service": "ingest", "ok": True, "wrong": {}}
    async with local_client() as client:
        metrics = (await client.get(f"http://127.0.0.1:{worker.status_port}/metrics")).text
    assert f'ingest_units_total{{stream="{COMMUNE}/gate/main"}}' in metrics
    assert 'ingest_cameras{status="live"} 1.0' in metrics


async def test_a_terminated_worker_ends_cleanly_and_soon(worker: Worker, two: Two) -> None:
    worker.want(*two)
    await worker.start()
    await worker.live("gate")
    started = time.monotonic()
    assert await worker.stop() == 0
    assert time.monotonic() - started < 6


async def test_a_worker_without_a_setting_says_which(worker: Worker, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BEFFROI_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingest", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, error = await process.communicate()
    assert process.returncode == 2
    assert b"BEFFROI_CONTROL_URL is not set" in error
    assert b"Traceback" not in error
