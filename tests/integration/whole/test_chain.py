"""From a camera's RTSP to a browser, to disk and to a sealed export: our simulator and a foreign server."""

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.support.browser import chromium, frames, play, viewer_page
from tests.support.client import Json, Person, camera_body, rfc3339, signed_in
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.ports import free_port
from tests.support.whole import ROOT, WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

TOOL = ROOT.parent / "shared" / "tools" / "rtsp_cameras.py"
FOOTAGE = ROOT.parent / "shared" / "media" / "street.mp4"
SYSTEM_PYTHON = "/usr/bin/python3"
LIVE_WITHIN_S = 2.0
RECORD_S = 5.0


@dataclass(frozen=True, slots=True)
class Source:
    """A camera server to start: what serves it, and with which credentials."""

    name: str
    real: bool
    username: str = ""
    password: str = ""


SOURCES = [
    Source("simulated", real=False),
    Source("simulated with a password", real=False, username="viewer", password="p@ss/w+rd?#"),
    Source("street", real=True),
    Source("street with a password", real=True, username="viewer", password="secret-of-the-street"),
]


def unavailable(source: Source) -> str | None:
    """Why a source cannot be had here, None where it can."""
    if not source.real:
        return None
    if not (TOOL.exists() and FOOTAGE.exists()):
        return "the independent RTSP server and its footage are not beside this checkout"
    probe = "import gi; gi.require_version('GstRtspServer', '1.0')"
    if subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode:
        return "GStreamer's RTSP server is not installed"
    return None if shutil.which("ffmpeg") else "ffmpeg is not installed"


def command(source: Source, port: int) -> list[str]:
    if source.real:
        login = ["--auth", f"{source.username}:{source.password}"] if source.username else []
        return [SYSTEM_PYTHON, str(TOOL), str(port), f"street={FOOTAGE}", "--audio", *login]
    login_option = f":auth={source.username}/{source.password}" if source.username else ""
    python = str(ROOT / ".venv" / "bin" / "python")
    executable = python if os.access(python, os.X_OK) else "python3"
    return [executable, "-m", "ingest.simulator", "--port", str(port), f"street:audio{login_option}"]


@asynccontextmanager
async def camera_server(source: Source) -> AsyncIterator[str]:
    """The server running; the camera's address."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *command(source, port), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        address = line.decode().strip()
        assert address.startswith("rtsp://"), f"the camera server said {address!r}"
        yield address
    finally:
        process.kill()
        await process.communicate()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
async def test_a_camera_is_live_within_two_seconds_recorded_played_exported_and_verified(
    source: Source, whole: WholeSystem, tmp_path: Path
) -> None:
    reason = unavailable(source)
    if reason is not None:
        pytest.skip(reason)
    async with (
        camera_server(source) as address,
        signed_in(whole.url, "commune") as commune,
        signed_in(whole.url, "operatrice") as operator,
        signed_in(whole.url, "juriste") as legal,
        chromium() as browser,
    ):
        page = await viewer_page(browser, whole.url)
        body = camera_body(source.name, address, username=source.username, password=source.password)
        began_s = time.monotonic()
        camera = await commune.made("/cameras", body)
        try:
            ticket = await operator.made(f"/cameras/{camera['id']}/live", {"motive": "test of the chain"})
            shown = await play(page, ticket["url"], ticket["ticket"])
            live_after_s = time.monotonic() - began_s
            assert shown["status"] == 201, shown
            assert live_after_s < LIVE_WITHIN_S, f"the first picture came after {live_after_s:.2f} s"
            seen = await frames(page)
            await eventually(lambda: _more(page, seen + 12), what="pictures going on")
            start, end = await _recorded(legal, camera, RECORD_S)
            await _plays_back(legal, camera, start, end, tmp_path)
            await _exports(whole, legal, camera, start, end, tmp_path)
            await page.close()
        finally:
            await commune.delete(f"/cameras/{camera['id']}")


async def test_the_demos_camera_that_sends_h265_is_converted_for_chromium(whole: WholeSystem) -> None:
    async with signed_in(whole.url, "operatrice") as operator, chromium() as browser:
        (camera,) = [one for one in await operator.items("/cameras") if one["name"] == "Parc Barbieux"]
        ticket = await operator.made(f"/cameras/{camera['id']}/live", {"motive": "test of the chain"})
        page = await viewer_page(browser, whole.url)
        shown = await play(page, ticket["url"], ticket["ticket"])
        assert shown["status"] == 201, shown
        seen = await frames(page)
        await eventually(lambda: _more(page, seen + 12), within_s=30, what="pictures going on")
    assert f'{camera["name"]}" sends H.265' in "\n".join(whole.lines)


async def _more(page: Page, count: int) -> bool:
    return await frames(page) >= count


async def _recorded(person: Person, camera: Json, length_s: float) -> tuple[datetime, datetime]:
    """A range of at least `length_s` that storage has, once it has it."""
    begun = datetime.now(UTC) - timedelta(minutes=2)
    found: list[tuple[datetime, datetime]] = []

    async def enough() -> bool:
        listing = await _listing(person, camera, begun, datetime.now(UTC) + timedelta(minutes=1))
        ranges = [
            (datetime.fromisoformat(str(item["from"])), datetime.fromisoformat(str(item["to"])))
            for item in listing["ranges"]  # type: ignore[attr-defined]  # the shape is asserted by use
        ]
        found[:] = [(a, b) for a, b in ranges if (b - a).total_seconds() >= length_s]
        return bool(found)

    await eventually(enough, within_s=length_s + 20, what=f"{length_s} s of recording")
    return found[0]


async def _ticket(person: Person, camera: Json, start: datetime, end: datetime) -> Json:
    body: Json = {"motive": "test of the chain", "from": rfc3339(start), "to": rfc3339(end)}
    return await person.made(f"/cameras/{camera['id']}/playback", body)


async def _listing(person: Person, camera: Json, start: datetime, end: datetime) -> Json:
    ticket = await _ticket(person, camera, start, end)
    query = {"from": rfc3339(start), "to": rfc3339(end)}
    async with local_client(headers=_bearer(ticket)) as client:
        answer = await client.get(str(ticket["url"]), params=query)
    assert answer.status_code == 200, answer.text
    listing: Json = answer.json()
    return listing


def _bearer(ticket: Json) -> dict[str, str]:
    return {"Authorization": f"Bearer {ticket['ticket']}"}


async def _plays_back(person: Person, camera: Json, start: datetime, end: datetime, folder: Path) -> None:
    ticket = await _ticket(person, camera, start, end)
    query = {"from": rfc3339(start), "to": rfc3339(start + timedelta(seconds=4))}
    async with local_client(headers=_bearer(ticket)) as client:
        answer = await client.get(f"{ticket['url']}/media", params=query)
    assert answer.status_code == 200, answer.text
    window = folder / "window.mp4"
    window.write_bytes(answer.content)
    assert_clean_video(window)


async def _exports(
    whole: WholeSystem, legal: Person, camera: Json, start: datetime, end: datetime, folder: Path
) -> None:
    order: Json = {
        "reference": "PV 2026/118-3",
        "authority": "OPJ Martin, CPP 60-1",
        "cameras": [camera["id"]],
        "from": rfc3339(start),
        "to": rfc3339(end),
        "motive": "test of the chain",
    }
    export = await legal.made("/exports", order)

    async def done() -> bool:
        view = (await legal.get(f"/exports/{export['id']}")).json()
        assert view["status"] != "failed", view
        return bool(view["status"] == "done")

    await eventually(done, within_s=30, what="the export")
    download = await legal.made(f"/exports/{export['id']}/download", {"motive": "handed over"})
    async with local_client() as client:
        answer = await client.get(str(download["url"]))
    assert answer.status_code == 200, answer.text
    package = folder / "export.zip"
    package.write_bytes(answer.content)
    key = whole.data_dir / "secrets" / "evidence-public.pem"
    assert await verified(package, key) == 0
    unpacked = folder / "unpacked"
    shutil.unpack_archive(package, unpacked)
    videos = sorted(unpacked.rglob("*.mp4"))
    assert videos
    for video in videos:
        assert_clean_video(video)
        altered = bytearray(video.read_bytes())
        altered[len(altered) // 2] ^= 1
        video.write_bytes(altered)
    assert await verified(unpacked, key) == 1


async def verified(export: Path, key: Path) -> int:
    """The exit code of `beffroi verify`."""
    process = await asyncio.create_subprocess_exec(
        *[str(ROOT / ".venv" / "bin" / "beffroi"), "verify", str(export), "--key", str(key)],
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


def assert_clean_video(file: Path) -> None:
    """One H.264 track, no sound, nothing that a second reader (ffprobe, else libavformat) complains of."""
    if shutil.which("ffprobe") is None:
        _decode_with_av(file)
        return
    entries = "stream=codec_type,codec_name,nb_read_frames"
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-of", "json", "-show_entries", entries, str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stderr == ""
    streams = json.loads(told.stdout)["streams"]
    assert [(item["codec_type"], item["codec_name"]) for item in streams] == [("video", "h264")]
    assert int(streams[0]["nb_read_frames"]) > 12


def _decode_with_av(file: Path) -> None:
    import av

    with av.open(str(file)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert sum(1 for _ in container.decode(video=0)) > 12
