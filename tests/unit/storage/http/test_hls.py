"""Recordings as HLS: what a playlist says, that tools open it, and that it opens nothing by itself."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import uvicorn

from shared.tap.reassembly import Gap
from shared.tickets import Action
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.support.ports import free_port
from tests.unit.storage.playing import SECOND_NS, at
from tests.unit.storage.workshop import Workshop, units, workshop

START_S = START_NS // SECOND_NS
PLAYLIST = f"/recordings/{STREAM}/playlist.m3u8"


async def asked(shop: Workshop, seconds: float, to: float, token: str | None = None) -> httpx.Response:
    token = token or shop.token(Action.PLAYBACK, str(STREAM))
    return await shop.http.get(PLAYLIST, params={"from": at(seconds), "to": at(to), "ticket": token})


def tags(answer: httpx.Response, name: str) -> list[str]:
    return [line.partition(":")[2] for line in answer.text.splitlines() if line.startswith(f"#{name}")]


async def test_a_playlist_has_every_segment_with_its_length_and_the_time_of_the_first(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        answer = await asked(shop, 0, 10)
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert sum(float(one.rstrip(",")) for one in tags(answer, "EXTINF")) == pytest.approx(10, abs=0.001)
    assert (tags(answer, "EXT-X-PROGRAM-DATE-TIME"), tags(answer, "EXT-X-DISCONTINUITY")) == ([at(0)], [])
    assert answer.text.startswith("#EXTM3U\n")
    assert answer.text.endswith("#EXT-X-ENDLIST\n")


async def test_holes_and_runs_are_discontinuities_with_their_own_time_and_initialisation(
    tmp_path: Path,
) -> None:
    pictures = units(250)
    again = [replace(unit, run=2, seq=unit.seq - 200) for unit in pictures[200:]]
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 50), *pictures[100:200], *again])
        answer = await asked(shop, 0, 10)
    assert tags(answer, "EXT-X-PROGRAM-DATE-TIME") == [at(0), at(4), at(8)]
    assert (len(tags(answer, "EXT-X-DISCONTINUITY")), len(tags(answer, "EXT-X-MAP"))) == (2, 3)


async def test_a_range_with_nothing_has_no_playlist(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert (await asked(shop, 0, 10)).status_code == 204


@pytest.mark.parametrize(("seconds", "to"), [(5, 5), (5, 1), (0, 90_000)])
async def test_a_range_that_makes_no_playlist_is_refused(tmp_path: Path, seconds: float, to: float) -> None:
    async with workshop(tmp_path) as shop:
        assert (await asked(shop, seconds, to)).status_code == 400


def _addresses(answer: httpx.Response) -> list[str]:
    inits = [told.partition('URI="')[2].rstrip('"') for told in tags(answer, "EXT-X-MAP")]
    return [*inits, *(line for line in answer.text.splitlines() if line and not line.startswith("#"))]


async def test_what_a_playlist_names_is_refused_once_the_right_has_ended(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        addresses = _addresses(await asked(shop, 0, 4))
        folder = PLAYLIST.rpartition("/")[0]
        before = [(await shop.http.get(f"{folder}/{one}")).status_code for one in addresses]
        await shop.clock.advance(1)
        shop.lessor.revoke_camera(STREAM.camera_path)
        shop.confirm()
        after = [(await shop.http.get(f"{folder}/{one}")).status_code for one in addresses]
    assert (set(before), set(after)) == ({200}, {403})


async def test_a_segment_is_bounded_by_the_ticket_whatever_the_address_says(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        whole = _addresses(await asked(shop, 0, 10))[-1]
        small = shop.token(Action.PLAYBACK, str(STREAM), start_s=START_S, end_s=START_S + 1)
        address = f"{PLAYLIST.rpartition('/')[0]}/{whole.partition('&ticket=')[0]}&ticket={small}"
        assert (await shop.http.get(address)).status_code == 403


async def test_a_destroyed_segment_is_not_found(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50), days=1)
        address = f"{PLAYLIST.rpartition('/')[0]}/{_addresses(await asked(shop, 0, 2))[-1]}"
        await shop.clock.advance(86_500)
        token = shop.token(Action.PLAYBACK, str(STREAM))
        renewed = f"{address.partition('&ticket=')[0]}&ticket={token}"
        assert (await shop.http.get(renewed)).status_code == 404


@asynccontextmanager
async def served(shop: Workshop) -> AsyncIterator[str]:
    """The application behind a real port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(shop.app, port=port, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started, within_s=20, what="the server")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not here")
async def test_ffprobe_reads_every_picture_of_a_playlist_over_a_hole(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 50), *pictures[100:]])
        token = shop.token(Action.PLAYBACK, str(STREAM))
        async with served(shop) as url:
            address = f"{url}{PLAYLIST}?from={at(0)}&to={at(10)}&ticket={token}"
            asked = ("-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames,codec_name")
            probe = await asyncio.create_subprocess_exec(
                *("ffprobe", *asked, "-of", "csv=p=0", "-allowed_extensions", "ALL", address),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            out, errors = await asyncio.wait_for(probe.communicate(), 60)
    # It tells of the stream twice: of the programme's, and by itself.
    assert (set(out.decode().split()), errors.decode()) == ({"h264,200"}, "")


async def test_what_two_processes_recorded_of_one_stream_is_shown_once(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all(pictures[:150])
    async with workshop(tmp_path, nonce="bbbb") as shop:
        # It took over four seconds before the other one noticed, and a third was taken in between.
        await shop.record_all(pictures[50:])
        whole = await asked(shop, 0, 10)
    shown = sum(float(one.rstrip(",")) for one in tags(whole, "EXTINF"))
    assert shown == pytest.approx(10, abs=1.1)
