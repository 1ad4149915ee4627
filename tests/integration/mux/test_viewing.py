"""Viewers on real sockets, fed through a real tap."""

import asyncio
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from mux.rtp.srtp import AES_128_CM_SHA1_80
from tests.integration.mux.receiving import BROWSER, decoded, missing, scene, timestamps, watching
from tests.integration.mux.rig import Camera, playing, running_mux
from tests.support.eventually import eventually
from tests.support.light_client import Browser
from tests.support.light_sdp import offer
from tests.support.pictures import units

GOP = 25
UNITS = units(2 * GOP, gop=GOP)
LONG = units(250, gop=250)


def advances(stamps: list[int]) -> list[int]:
    return [(later - earlier) & 0xFFFFFFFF for earlier, later in pairwise(stamps)]


@pytest.mark.parametrize("core", ["auto", "python"])
@pytest.mark.parametrize("segmentation", [True, False], ids=["segmentation", "sendto"])
async def test_a_viewer_gets_pictures_that_decode(tmp_path: Path, segmentation: bool, core: str) -> None:
    asked = scene(tmp_path, UNITS, head_start=10, udp_segmentation=segmentation, mux_core=core)
    async with asked as shown:
        await shown.pictures(30)
        assert missing(shown.rtp) == []
        assert decoded(shown.rtp) >= 29


async def test_a_viewer_without_gcm_gets_pictures_that_decode(tmp_path: Path) -> None:
    browser = Browser((AES_128_CM_SHA1_80,))
    async with scene(tmp_path, UNITS, head_start=5, browser=browser) as shown:
        await shown.pictures(20)
        assert shown.client.keys is not None
        assert shown.client.keys.profile is AES_128_CM_SHA1_80
        assert decoded(shown.rtp) >= 19


async def test_a_group_of_ten_seconds_comes_at_once(tmp_path: Path) -> None:
    async with scene(tmp_path, LONG, head_start=200) as shown:
        await shown.pictures(200, within_s=3)
        assert set(advances(timestamps(shown.rtp)[:200])) == {90}
        assert decoded(shown.rtp) >= 199


async def test_what_two_percent_loss_takes_is_repaired(tmp_path: Path) -> None:
    random = Random(1)
    large = units(2 * GOP, gop=GOP, width=1280, height=720)
    async with scene(tmp_path, large, head_start=10, lose=lambda _: random.random() < 0.02) as shown:
        await eventually(lambda: shown.client.received.lost_on_purpose >= 5, within_s=30, what="losses")

        def repaired() -> bool:
            absent = missing(shown.rtp)
            for number in absent:
                shown.client.miss(number)
            return not absent

        await eventually(repaired, what="every packet repaired")
        assert decoded(shown.rtp) >= len(set(timestamps(shown.rtp))) - 1


async def test_a_key_frame_request_is_answered_in_mid_group(tmp_path: Path) -> None:
    async with scene(tmp_path, LONG, head_start=100) as shown:
        await shown.pictures(130)
        before = len(shown.rtp)
        shown.client.ask_for_key_picture()
        await shown.pictures(130, after=before, within_s=3)
        assert all(0 < step < 1 << 31 for step in advances(timestamps(shown.rtp)))
        assert missing(shown.rtp) == []


async def test_over_a_loss_in_the_tap_and_a_reconnection_the_viewer_goes_on(tmp_path: Path) -> None:
    async with scene(tmp_path, UNITS, head_start=10) as shown:
        await shown.pictures(15)
        shown.camera.lose_next()
        await shown.pictures(20, after=len(shown.rtp))
        shown.camera.reconnect()
        await shown.pictures(20, after=len(shown.rtp))
        stamps = timestamps(shown.rtp)
        assert missing(shown.rtp) == []
        assert all(0 < step < 3 * 90_000 for step in advances(stamps))
        assert decoded(shown.rtp) >= len(stamps) - 2


@pytest.mark.slow
async def test_a_viewer_gone_without_a_word_is_dropped(tmp_path: Path) -> None:
    async with scene(tmp_path, UNITS) as shown:
        shown.client.fall_silent()
        await asyncio.wait_for(shown.client.ended.wait(), 20)


async def test_deleting_a_session_ends_it_and_no_other(tmp_path: Path) -> None:
    async with scene(tmp_path, UNITS) as shown:
        answer = await shown.mux.ask(offer(BROWSER.fingerprint))
        location = answer.headers["location"]
        assert (await shown.mux.delete(location)).status_code == 200
        assert (await shown.mux.delete(location)).status_code == 404
        assert not shown.client.ended.is_set()


async def test_the_stream_is_asked_for_with_its_first_viewer_only(tmp_path: Path) -> None:
    async with running_mux(tmp_path) as mux:
        camera = Camera(UNITS, mux.tap_port)
        async with playing(camera):
            await eventually(lambda: camera.sent > 5, what="the camera playing")
            assert not camera.publisher.wanted(camera.stream)
            async with watching(mux) as client:
                await eventually(lambda: client.received.packets, what="a picture")
                assert camera.publisher.wanted(camera.stream)


async def test_a_camera_that_comes_after_its_viewer_is_shown(tmp_path: Path) -> None:
    async with running_mux(tmp_path) as mux, watching(mux) as client, playing(Camera(UNITS, mux.tap_port)):
        await eventually(lambda: len(timestamps(client.received.rtp)) > 5, what="pictures")


async def test_more_viewers_than_the_setting_are_refused(tmp_path: Path) -> None:
    async with running_mux(tmp_path, most_viewers=1) as mux:
        assert (await mux.ask(offer(BROWSER.fingerprint))).status_code == 201
        refused = await mux.ask(offer(BROWSER.fingerprint))
        assert refused.status_code == 503
        assert "has its 1 viewers" in refused.json()["detail"]
