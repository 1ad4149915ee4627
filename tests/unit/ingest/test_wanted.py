"""Learning the cameras from control_room, and doing without it."""

import logging
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.wanted import REFUSALS_UNTIL_MEANT, WantedCache, WantedPoller
from shared.clock import SimulatedClock
from shared.errors import BadInput, Unauthenticated, problem
from shared.messages.codec import encode
from shared.messages.ingest import WantedCamera, WantedCameras

KEY = Fernet.generate_key().decode()
CAMERA = WantedCamera("59350/gate/main", "Gate", "rtsp://192.0.2.7/gate", "viewer", "hunter2")
WANTED = WantedCameras("59350", "v1", (CAMERA,))


class ControlRoom:
    """What control_room would answer, and what it was asked."""

    def __init__(self) -> None:
        self.answer = httpx.Response(200, content=encode(WANTED), headers={"ETag": '"v1"'})
        self.away = False
        self.asked: list[httpx.Request] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.away:
            raise httpx.ConnectError("refused", request=request)
        if request.headers.get("If-None-Match") == self.answer.headers.get("ETag", "none"):
            return httpx.Response(304)
        return self.answer


class Rig:
    def __init__(self, folder: Path) -> None:
        self.room = ControlRoom()
        self.file = folder / "cameras"
        self.cache = WantedCache(self.file, KEY)
        self.applied: list[WantedCameras] = []
        client = httpx.AsyncClient(
            transport=httpx.MockTransport(self.room.handle), base_url="http://control", headers={"A": "b"}
        )
        self.poller = WantedPoller(client, "59350", self.cache, self.applied.append, SimulatedClock())


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


async def test_the_first_answer_is_applied_and_kept(rig: Rig) -> None:
    assert await rig.poller.poll_once() is None
    assert rig.applied == [WANTED]
    assert rig.cache.load() == WANTED


async def test_an_unchanged_answer_is_asked_by_its_version_and_not_applied_again(rig: Rig) -> None:
    for _ in range(3):
        await rig.poller.poll_once()
    assert [request.headers.get("If-None-Match") for request in rig.room.asked] == [None, '"v1"', '"v1"']
    assert len(rig.applied) == 1


async def test_without_control_room_the_last_cameras_go_on(rig: Rig) -> None:
    await rig.poller.poll_once()
    rig.room.away = True
    trouble = await rig.poller.poll_once()
    assert trouble is not None
    assert "does not answer" in trouble
    assert len(rig.applied) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_credential_is_said_and_changes_nothing(rig: Rig, status: int) -> None:
    await rig.poller.poll_once()
    rig.room.answer = httpx.Response(status)
    trouble = await rig.poller.poll_once()
    assert trouble is not None
    assert "refuses the credential" in trouble
    assert len(rig.applied) == 1


async def test_a_credential_that_was_taken_back_pulls_no_camera_soon_nor_after_a_restart(rig: Rig) -> None:
    await rig.poller.poll_once()
    refusal = problem(Unauthenticated("this worker credential is unknown or was taken back"))
    rig.room.answer = httpx.Response(refusal.status, content=refusal.body)
    for _ in range(REFUSALS_UNTIL_MEANT - 1):
        await rig.poller.poll_once()
    assert len(rig.applied) == 1
    await rig.poller.poll_once()
    assert [len(one.cameras) for one in rig.applied] == [1, 0]
    kept = rig.cache.load()
    assert kept is not None
    assert kept.cameras == ()


async def test_what_stands_before_control_room_stops_no_camera_by_refusing(rig: Rig) -> None:
    await rig.poller.poll_once()
    rig.room.answer = httpx.Response(401, content=b"<html>sign in at the proxy</html>")
    for _ in range(2 * REFUSALS_UNTIL_MEANT):
        await rig.poller.poll_once()
    assert len(rig.applied) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"commune":"59350","version":1,"cameras":0}'])
async def test_an_unreadable_answer_is_said_and_changes_nothing(rig: Rig, body: bytes) -> None:
    rig.room.answer = httpx.Response(200, content=body)
    assert "cannot be read" in (await rig.poller.poll_once() or "")
    assert rig.applied == []


async def test_cameras_of_another_commune_are_never_applied(rig: Rig) -> None:
    rig.room.answer = httpx.Response(200, content=encode(WantedCameras("59512", "v1", (CAMERA,))))
    assert "59512" in (await rig.poller.poll_once() or "")
    assert rig.applied == []


async def test_what_is_kept_shows_neither_address_nor_credentials(rig: Rig) -> None:
    await rig.poller.poll_once()
    kept = rig.file.read_bytes()
    assert not any(secret in kept for secret in (b"192.0.2.7", b"viewer", b"hunter2", b"Gate"))


def test_nothing_kept_is_no_error(rig: Rig) -> None:
    assert rig.cache.load() is None


def test_what_another_key_kept_is_left_aside(rig: Rig) -> None:
    WantedCache(rig.file, Fernet.generate_key().decode()).save(WANTED)
    assert rig.cache.load() is None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_a_damaged_file_is_left_aside(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("cache") / "cameras"
    file.write_bytes(content)
    assert WantedCache(file, KEY).load() is None


def test_a_key_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="BEFFROI_CACHE_KEY"):
        WantedCache(tmp_path / "x", "too short")


async def test_no_log_line_of_a_poll_holds_a_credential(
    rig: Rig, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        await rig.poller.poll_once()
    out = caplog.text + "".join(capsys.readouterr())
    assert "hunter2" not in out
