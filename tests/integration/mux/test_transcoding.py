"""Cameras that no browser can be sent as they are, shown by a mux with real transcoders."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from shared.ids import StreamId
from shared.units import Codec
from tests.integration.mux import page
from tests.integration.mux.receiving import BROWSER, decoded, scene, timestamps, watching
from tests.integration.mux.rig import ORIGIN, PAGE_PORT, Camera, Mux, playing, running_mux
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.light_client import LightClient
from tests.support.light_sdp import offer
from tests.support.strange_pictures import strange_units

OTHER = StreamId("59350", "cam-other")
_WITHIN_S = 40.0


def transcoder_pids() -> list[int]:
    """The transcoders that this process has started and that live, the oldest first; one may be a spare."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(stat[1]) == os.getpid() and stat[0] != "Z" and b"\0shared.transcoder\0" in command:
            found.append((int(stat[19]), int(folder.name)))
    return [pid for _, pid in sorted(found)]


@pytest.mark.parametrize("codec", list(Codec))
async def test_a_viewer_gets_h264_pictures_of_every_codec(tmp_path: Path, codec: Codec) -> None:
    async with scene(tmp_path, strange_units(codec), head_start=5) as shown:
        await shown.pictures(25, within_s=_WITHIN_S)
        assert decoded(shown.rtp) >= 20
        assert await shown.mux.metric("mux_transcoders") == 1
    await eventually(lambda: not transcoder_pids(), within_s=_WITHIN_S, what="the transcoder's end")


async def test_viewers_share_one_transcoder_and_who_comes_back_soon_finds_it_running(tmp_path: Path) -> None:
    async with (
        running_mux(tmp_path) as mux,
        playing(Camera(strange_units(Codec.MJPEG), mux.tap_port)),
    ):
        async with watching(mux) as one:
            await pictures(one, 5)
            pid = transcoder_pids()[0]
            async with watching(mux, session="two") as two:
                await pictures(two, 5)
                assert await mux.metric("mux_transcoders") == 1
            await pictures(one, 5, after=len(one.received.rtp))
        async with watching(mux, session="three") as three:
            await pictures(three, 5)
            assert await mux.metric("mux_transcoders") == 1
            assert transcoder_pids()[0] == pid
    await eventually(lambda: not transcoder_pids(), within_s=_WITHIN_S, what="the end of all transcoders")


async def pictures(client: LightClient, count: int, *, after: int = 0) -> None:
    """Wait for a client's pictures, not counting those of the first `after` packets."""
    await eventually(
        lambda: len(timestamps(client.received.rtp[after:])) >= count,
        within_s=_WITHIN_S,
        what=f"{count} pictures",
    )


async def test_a_killed_transcoder_is_told_and_comes_back_and_its_viewers_stay(tmp_path: Path) -> None:
    async with scene(tmp_path, strange_units(Codec.H265)) as shown:
        await shown.pictures(5, within_s=_WITHIN_S)
        pid = transcoder_pids()[0]
        os.kill(pid, signal.SIGKILL)

        async def told() -> bool:
            (tile,) = await tiles(shown.mux)
            return tile["stale"] == "transcoder" and "signal 9" in (tile["reason"] or "")

        await eventually(told, within_s=_WITHIN_S, what="the reason on the tile")
        seen = len(shown.rtp)
        await shown.pictures(10, after=seen, within_s=_WITHIN_S)
        assert pid not in transcoder_pids()
        (tile,) = await tiles(shown.mux)
        assert (tile["stale"], tile["reason"]) == (None, "")


async def tiles(mux: Mux) -> list[dict[str, str | None]]:
    """What is told of all tiles."""
    async with local_client() as client:
        headers = {"Authorization": f"Bearer {mux.status_ticket()}"}
        told = (await client.get(f"{mux.base}/viewers", headers=headers)).json()
    return [tile for viewer in told["viewers"] for tile in viewer["tiles"]]


async def test_a_second_strange_camera_is_shown_by_the_child_that_waited(tmp_path: Path) -> None:
    units = strange_units(Codec.MJPEG)
    others = [replace(unit, stream=OTHER) for unit in units]
    async with scene(tmp_path, units, most_transcoders=2) as shown:
        await shown.pictures(5, within_s=_WITHIN_S)
        await eventually(lambda: len(transcoder_pids()) == 2, within_s=_WITHIN_S, what="a spare")
        spare = transcoder_pids()[1]
        async with playing(Camera(others, shown.mux.tap_port)):
            answer = await shown.mux.ask(offer(BROWSER.fingerprint), stream=OTHER)
            assert answer.status_code == 201

            async def taken() -> bool:
                return await shown.mux.metric("mux_transcoders") == 2

            await eventually(taken, within_s=_WITHIN_S, what="two streams being transcoded")
            assert transcoder_pids()[1] == spare


async def test_beyond_the_bound_a_viewer_is_refused_in_a_sentence(tmp_path: Path) -> None:
    units = strange_units(Codec.MJPEG)
    others = [replace(unit, stream=OTHER) for unit in units]
    async with scene(tmp_path, units, most_transcoders=1) as shown:
        await shown.pictures(5, within_s=_WITHIN_S)
        async with playing(Camera(others, shown.mux.tap_port)):
            answer = await refused(shown.mux, OTHER)
            assert "already transcodes 1 streams" in answer
            assert await shown.mux.metric("mux_transcoders") == 1


async def refused(mux: Mux, stream: StreamId) -> str:
    """The problem's sentence, once the camera's codec is known there."""
    said = ""

    async def was() -> bool:
        nonlocal said
        answer = await mux.ask(offer(BROWSER.fingerprint), stream=stream)
        if answer.status_code == 503:
            said = answer.json()["detail"]
        return bool(said)

    await eventually(was, within_s=_WITHIN_S, what="a refusal")
    return said


async def test_chromium_shows_a_camera_that_sends_jpegs(tmp_path: Path) -> None:
    async with (
        running_mux(tmp_path) as mux,
        playing(Camera(strange_units(Codec.MJPEG), mux.tap_port)),
        page.served(PAGE_PORT),
        page.chromium() as browser,
    ):
        shown = await page.open_page(browser, ORIGIN)
        first = await page.play(shown, mux.url(), mux.ticket())
        assert (first["status"], first["width"], first["height"]) == (201, 320, 240)

        async def plays() -> bool:
            return (await page.inbound(shown)).get("framesDecoded", 0) > 20

        await eventually(plays, within_s=_WITHIN_S, what="twenty decoded pictures")
