"""The control room as a process: what only real sockets, a real Valkey and a real kill show."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.integration.control_room.running import (
    ADMIN,
    PASSWORD,
    RECORDER_TOKEN,
    ROOT,
    ControlRoom,
    prepared,
)
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.private import open_to_others, readable_by_others
from tests.support.valkey import PASSWORD as VALKEY_PASSWORD
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow
LILLE = {"code": "59350", "name": "Lille", "population": 236_710}
CAMERA = {
    "commune": "59350",
    "name": "Grand-Place",
    "address": "rtsp://10.1.4.20/path-Zq81",
    "username": "user-Zq81",
    "password": "password-Zq81",
    "authorisation": {"number": "N", "granted_on": "2020-01-01", "valid_until": "2099-01-01", "days": 10},
}


async def test_a_day_at_the_control_room_leaves_no_secret_in_its_log(control_room: ControlRoom) -> None:
    async with control_room.browser() as browser:
        cookie = (await control_room.sign_in(browser)).cookies["beffroi_session"]
        assert (await browser.post("/communes", json=LILLE)).status_code == 201
        camera = (await browser.post("/cameras", json=CAMERA)).json()["id"]
        token = (await browser.post("/communes/59350/workers", json={"name": "rack"})).json()["token"]
        await browser.post("/cameras", json=CAMERA | {"address": "rtsp://u:p-Zq81@10.1.4.20/"})
        headers = {"authorization": f"Bearer {token}"}
        wanted = await browser.get("/worker/cameras", headers=headers)
        assert wanted.json()["cameras"][0]["stream"] == f"59350/{camera}/main"
        recorder = {"authorization": f"Bearer {RECORDER_TOKEN}"}
        policies = await browser.get("/recorder/policies", headers=recorder)
        assert policies.json()["policies"][0]["days"] == 10
        await browser.post("/session", json={"login": ADMIN, "password": "wrong-Zq81"})
    assert await control_room.stop() == 0
    for secret in (PASSWORD, "Zq81", cookie, token, RECORDER_TOKEN, VALKEY_PASSWORD):
        assert secret not in control_room.log


async def test_people_and_cameras_are_there_again_after_a_kill_and_closed_to_others(
    control_room: ControlRoom,
) -> None:
    async with control_room.browser() as browser:
        await control_room.sign_in(browser)
        await browser.post("/communes", json=LILLE)
        camera = (await browser.post("/cameras", json=CAMERA)).json()["id"]
        assert control_room.process is not None
        control_room.process.kill()
        await control_room.process.wait()
        data = control_room.folder / "data"
        open_to_others(data)
        await control_room.start()
        assert readable_by_others(data) == []
        assert (await browser.get(f"/cameras/{camera}")).status_code == 200
        assert (await browser.get("/journal/verification")).json()["intact"]


async def test_guesses_sent_at_once_gain_nothing(control_room: ControlRoom) -> None:
    async with control_room.browser() as browser:
        guesses = (
            browser.post("/session", json={"login": ADMIN, "password": f"guess {number}"})
            for number in range(40)
        )
        statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 7


async def test_while_redis_is_away_people_sign_in_machines_go_on_and_operators_are_told(
    control_room: ControlRoom, valkey: Valkey
) -> None:
    recorder = {"authorization": f"Bearer {RECORDER_TOKEN}"}
    async with control_room.browser() as browser:
        await control_room.sign_in(browser)
        await valkey.stop()
        assert (await browser.get("/cameras")).status_code == 200
        async with control_room.browser() as stranger:
            assert (await control_room.sign_in(stranger)).status_code == 200
        assert (await browser.get("/recorder/policies", headers=recorder)).status_code == 200

        async def health() -> dict[str, str]:
            async with local_client() as client:
                told = (await client.get(f"{control_room.status_url}/healthz")).json()
            wrong: dict[str, str] = told["wrong"]
            return wrong

        async def ill() -> bool:
            return set(await health()) == {"redis"}

        async def well() -> bool:
            return await health() == {}

        await eventually(ill, what="healthz telling that Redis is away")
        await valkey.start()
        await eventually(well, what="healthz telling that Redis is back")
        assert (await control_room.sign_in(browser)).status_code == 200


async def test_metrics_tell_what_the_service_needs(lasting_room: ControlRoom) -> None:
    async def told() -> bool:
        async with local_client() as client:
            text = (await client.get(f"{lasting_room.status_url}/metrics")).text
        return 'control_room_dependency_up{dependency="redis"} 1.0' in text

    await eventually(told, what="the metric of Redis")


async def test_a_placeholder_secret_is_one_clear_sentence(tmp_path: Path, lasting_valkey: Valkey) -> None:
    room = prepared(tmp_path, lasting_valkey.url, demo="false", recorder_token="changeme")
    status, said = await room.command()
    assert status == 2
    assert said.startswith("beffroi control_room: BEFFROI_RECORDER_TOKEN is empty or a placeholder")
    assert said.count("\n") == 1


async def test_a_port_already_taken_is_one_clear_sentence(
    lasting_room: ControlRoom, tmp_path: Path, lasting_valkey: Valkey
) -> None:
    port = lasting_room.url.rpartition(":")[2]
    folder = tmp_path / "second"
    folder.mkdir()
    status, said = await prepared(folder, lasting_valkey.url, http_port=port).command()
    assert status == 2
    assert f"127.0.0.1:{port}" in said.splitlines()[-1]


async def test_an_administrator_is_made_on_the_machine_and_can_sign_in(
    lasting_room: ControlRoom,
) -> None:
    status, said = await lasting_room.command("create-admin", "second", typed=f"{PASSWORD}\n")
    assert (status, said) == (0, "administrator second made\n")
    async with lasting_room.browser() as browser:
        assert (await lasting_room.sign_in(browser, "second")).json()["person"]["kind"] == "admin"
        assert (await browser.get("/journal")).json()["items"][-1]["action"] == "create-person"


async def test_an_administrator_with_a_weak_password_is_refused(
    tmp_path: Path, lasting_valkey: Valkey
) -> None:
    room = prepared(tmp_path, lasting_valkey.url, demo="false")
    status, said = await room.command("create-admin", "second", typed="short\n")
    assert (status, said) == (2, "beffroi control_room: the password must have at least 12 characters\n")


async def test_the_document_is_printed_without_any_setting() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("BEFFROI_")}
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "control_room.openapi", env=bare, cwd=ROOT, stdout=PIPE
    )
    out, _ = await made.communicate()
    assert made.returncode == 0
    assert json.loads(out)["openapi"] == "3.1.0"
