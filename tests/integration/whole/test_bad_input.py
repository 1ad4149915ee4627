"""Strange cameras and bad requests at the running system: each is told what is wrong, none hurts another."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import pytest

from tests.support.client import Json, camera_body, signed_in
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.ports import free_port
from tests.support.whole import ROOT, WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

PASSWORD = "right-password-of-the-camera"


@dataclass(frozen=True, slots=True)
class Strange:
    """A camera that something is wrong with: how it is served, and what must be said of it."""

    name: str
    simulated: str
    status: str
    words: str
    username: str = ""
    password: str = ""
    address: str = ""


STRANGE = [
    Strange("wrong password", f"locked:auth=viewer/{PASSWORD}", "refused", "", "viewer", "wrong-password"),
    Strange("unreachable host", "", "unreachable", "", address="rtsp://127.0.0.1:9/none"),
    Strange("web page", "", "invalid", "", address="web"),
    Strange("garbage", "noise:fault=garbage", "invalid", ""),
    Strange("stall", "stops:stall=3", "stalled", ""),
    Strange("H.265", "hevc:loop:codec=h265:size=352x288", "live", "H.265"),
    Strange("MJPEG", "jpeg:loop:codec=mjpeg:size=352x288", "live", "JPEG"),
    Strange("MPEG-4", "mpeg4:loop:codec=mpeg4:size=352x288", "live", "MPEG-4"),
    Strange("B-frames", "reorders:loop:bframes=2:size=352x288", "live", "B-frames"),
]


@asynccontextmanager
async def served(cameras: list[str], port: int) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ingest.simulator", "--port", str(port), *cameras],
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        for _ in cameras:
            await asyncio.wait_for(process.stdout.readline(), 60)
        yield
    finally:
        process.kill()
        await process.communicate()


async def _page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>a web page</html>")
    await writer.drain()
    writer.close()


async def test_each_strange_camera_says_what_is_wrong_hurts_no_other_and_a_stalled_one_comes_back(
    whole: WholeSystem,
) -> None:
    port, web_port = free_port(), free_port()
    web = await asyncio.start_server(_page, "127.0.0.1", web_port)
    made: dict[str, Json] = {}
    simulated = [strange.simulated for strange in STRANGE if strange.simulated]
    async with web, served(simulated, port), signed_in(whole.url, "commune") as commune:
        neighbour = (await commune.items("/cameras"))[0]
        run_before = (await commune.reaches(neighbour["id"], "live"))["since"]
        try:
            for strange in STRANGE:
                address = strange.address or f"rtsp://127.0.0.1:{port}/{strange.simulated.split(':')[0]}"
                if address == "web":
                    address = f"rtsp://127.0.0.1:{web_port}/index.html"
                login = {"username": strange.username, "password": strange.password}
                made[strange.name] = await commune.made(
                    "/cameras", camera_body(strange.name, address, **login)
                )
            for strange in STRANGE:
                state = await commune.reaches(made[strange.name]["id"], strange.status, within_s=45)
                told = str(state["reason"] or state["advice"])
                assert told, strange.name
                assert strange.words in told, (strange.name, told)
                assert "wrong-password" not in told
            assert (await commune.camera_state(neighbour["id"]))["since"] == run_before
            await commune.reaches(made["stall"]["id"], "live", within_s=45)
        finally:
            for camera in made.values():
                await commune.delete(f"/cameras/{camera['id']}")
    printed = "\n".join(whole.lines)
    assert "wrong-password" not in printed
    assert PASSWORD not in printed


async def test_an_offer_without_h264_is_refused_with_what_it_has(whole: WholeSystem) -> None:
    async with signed_in(whole.url, "operatrice") as operator, local_client() as client:
        camera = (await operator.items("/cameras"))[0]
        ticket = await operator.made(f"/cameras/{camera['id']}/live", {"motive": "test"})
        offer = "\r\n".join(
            [
                *["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0"],
                *[
                    "m=video 9 UDP/TLS/RTP/SAVPF 96",
                    "c=IN IP4 0.0.0.0",
                    "a=mid:0",
                    "a=recvonly",
                    "a=rtcp-mux",
                ],
                *["a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=setup:actpass"],
                *["a=fingerprint:sha-256 " + ":".join(["00"] * 32), "a=rtpmap:96 VP8/90000", ""],
            ]
        )
        headers = {"Authorization": f"Bearer {ticket['ticket']}", "Content-Type": "application/sdp"}
        answer = await client.post(str(ticket["url"]), content=offer, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "H264" in answer.json()["detail"].replace(".", "").upper()
    assert "VP8" in answer.json()["detail"]


async def test_a_ticket_for_one_camera_opens_no_other(whole: WholeSystem) -> None:
    async with signed_in(whole.url, "operatrice") as operator, local_client() as client:
        first, second = (await operator.items("/cameras"))[:2]
        ticket = await operator.made(f"/cameras/{first['id']}/live", {"motive": "test"})
        other = str(ticket["url"]).replace(str(first["stream"]), str(second["stream"]))
        headers = {"Authorization": f"Bearer {ticket['ticket']}", "Content-Type": "application/sdp"}
        answer = await client.post(other, content="v=0\r\n", headers=headers)
    assert answer.status_code == 403
    assert "made for something else" in answer.json()["detail"]


async def test_twenty_wrong_passwords_in_a_row_are_slowed_to_a_few(whole: WholeSystem) -> None:
    headers = {"X-Beffroi": "1", "Origin": whole.url}
    async with local_client(base_url=f"{whole.url}/api/v1", headers=headers) as client:
        body = {"login": "nobody-at-all", "password": "guess"}
        answers = [(await client.post("/session", json=body)).status_code for _ in range(20)]
    assert answers[0] == 401
    assert answers.count(429) >= 10


async def test_the_system_is_well_after_all_that(whole: WholeSystem) -> None:
    async with signed_in(whole.url, "operatrice") as operator:

        async def all_live() -> bool:
            cameras = await operator.items("/cameras")
            return all(cast("Json", camera["state"])["status"] == "live" for camera in cameras)

        await eventually(all_live, within_s=40, what="every camera live")
