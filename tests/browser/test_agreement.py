"""A camera that gives no pictures is called so, for the same reason, by its worker, the API, the list and the
tile, within five seconds; and live again by all of them when it is well."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.ill_cameras import KINDS, IllCameras, Kind
from tests.browser.story import open_wall, sign_in
from tests.browser.test_story import visitor
from tests.support.client import Json, Person, camera_body, signed_in
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

WITHIN_S = 5.0
ILL_S = 6.0
BACK_WITHIN_S = 20.0
"""What only a person can cure, as noise, is asked again after 7.5 to 15 s."""

PLACES = ("API's list", "API's camera", "page's list", "page's tile")
NOT_RECORDED = ("waiting", "failing")

_LIST = """() => [...document.querySelectorAll('li[data-testid^=camera-][data-status]')].map(row => ({
  id: row.dataset.testid.slice('camera-'.length), status: row.dataset.status,
  words: row.querySelector('[data-testid=camera-reason]:not([lang])')?.textContent ?? '',
  recording: row.querySelector('[data-testid=recording-state]').dataset.status}))"""
_TILES = """() => [...document.querySelectorAll('[data-testid=live-tile]')].map(tile => ({
  id: tile.dataset.camera, recording: null,
  status: tile.querySelector('[data-testid=tile-live]') ? 'live' : tile.dataset.shown,
  words: tile.querySelector('[data-testid=tile-said]:not([lang])')?.textContent ?? ''}))"""


@dataclass(frozen=True, slots=True)
class Said:
    """What one place says of a camera. `words` are the French ones of the page, `code` the API's."""

    live: bool
    code: str = ""
    words: str = ""
    recording: str | None = None

    def right_of_an_ill(self, kind: Kind) -> bool:
        if self.live or self.recording not in (None, *NOT_RECORDED):
            return False
        return self.code in kind.codes if self.code else any(words in self.words for words in kind.words)


class Places:
    """Everybody who says how the cameras are. `ids` gives each kind's camera."""

    def __init__(self, api: Person, cameras: Page, wall: Page, worker_url: str, ids: dict[str, str]) -> None:
        self._api, self._cameras, self._wall, self._worker_url = api, cameras, wall, worker_url
        self._kinds = {id_: name for name, id_ in ids.items()}

    async def said(self) -> dict[tuple[str, str], Said]:
        """What each place says of each camera now, by place and kind."""
        listed = [_of_api(one) for one in await self._api.items("/cameras?limit=200")]
        alone = await asyncio.gather(*(self._api.camera(id_) for id_ in self._kinds))
        rows, tiles = await asyncio.gather(self._cameras.evaluate(_LIST), self._wall.evaluate(_TILES))
        told = (
            listed,
            [_of_api(one) for one in alone],
            [_of_page(row) for row in rows],
            [_of_page(tile) for tile in tiles],
        )
        return {
            (place, self._kinds[id_]): said
            for place, cameras in zip(PLACES, told, strict=True)
            for id_, said in cameras
            if id_ in self._kinds
        }

    async def worker_counts(self) -> Counter[str]:
        """How many cameras the commune's worker has in each state."""
        async with local_client() as client:
            text = (await client.get(f"{self._worker_url}/metrics")).text
        lines = (line for line in text.splitlines() if line.startswith("ingest_cameras{"))
        return Counter({line.split('"')[1]: int(float(line.split()[-1])) for line in lines})


def _of_api(camera: Json) -> tuple[str, Said]:
    state, recording = cast("Json", camera["state"]), cast("Json", camera["recording"])
    reason = cast("Json | None", state["why"])
    code = "none" if reason is None else str(reason["code"])
    return str(camera["id"]), Said(state["status"] == "live", code, "", str(recording["status"]))


def _of_page(found: dict[str, str | None]) -> tuple[str, Said]:
    words, recording = str(found["words"]), found["recording"]
    return str(found["id"]), Said(found["status"] == "live", "", words, recording)


@asynccontextmanager
async def shown(
    whole: WholeSystem, browser: Browser, ill: IllCameras, kinds: tuple[Kind, ...] = KINDS
) -> AsyncIterator[Places]:
    """The cameras of a commune, live, on an operator's wall and in her list."""
    ids: dict[str, str] = {}
    async with (
        signed_in(whole.url, "commune") as commune,
        signed_in(whole.url, "operatrice") as api,
        visitor(browser) as context,
    ):
        try:
            for kind in kinds:
                body = camera_body(kind.name, ill.urls[kind.name])
                ids[kind.name] = str((await commune.made("/cameras", body))["id"])
            cameras = await sign_in(context, whole.url, "operatrice")
            await cameras.goto(f"{whole.url}/#/cameras")
            wall = await context.new_page()
            await wall.goto(f"{whole.url}/#/wall")
            await open_wall(wall, list(ids.values()), 9)
            await expect(wall.get_by_test_id("tile-live")).to_have_count(len(ids), timeout=20_000)
            yield Places(api, cameras, wall, await _worker_url(whole), ids)
        finally:
            for id_ in ids.values():
                await commune.delete(f"/cameras/{id_}")


async def _worker_url(whole: WholeSystem) -> str:
    """The ops port of the worker that has our cameras: the one that has most."""
    ports = range(whole.ports.status_ingest, whole.ports.status_ingest + 3)
    counts: dict[str, int] = {}
    async with local_client() as client:
        for port in ports:
            text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
            lines = [line for line in text.splitlines() if line.startswith("ingest_cameras{")]
            counts[f"http://127.0.0.1:{port}"] = sum(int(float(line.split()[-1])) for line in lines)
    return max(counts, key=lambda url: counts[url])


async def test_worker_api_list_and_tile_agree_within_five_seconds_that_a_camera_gives_no_pictures(
    whole: WholeSystem, browser: Browser
) -> None:
    async with IllCameras() as ill, shown(whole, browser, ill) as places:
        await eventually(lambda: _all_live(places), within_s=20, what="live everywhere")
        well = await places.worker_counts()
        ill.fall_ill()
        late = await _late(places, well["live"] - sum(bool(kind.codes) for kind in KINDS))
        ill.get_well()
        assert late == {}
        await eventually(lambda: _all_live(places), within_s=BACK_WITHIN_S, what="live again everywhere")
        assert (await places.worker_counts())["live"] == well["live"]


async def _all_live(places: Places) -> bool:
    said = await places.said()
    return len(said) == len(PLACES) * len(KINDS) and all(one.live for one in said.values())


async def _late(places: Places, live: int) -> dict[tuple[str, str], object]:
    """Who did not say it in time, or took it back; `live` is how many the worker is to have live."""
    began_s = time.monotonic()
    wrong: dict[tuple[str, str], object] = {}
    judged = 0
    while (asked_s := time.monotonic() - began_s) < ILL_S or not judged:
        said, counts = await places.said(), await places.worker_counts()
        for kind in KINDS:
            for place in PLACES:
                one = said[place, kind.name]
                # A camera that is to be followed is live all the time.
                right = one.right_of_an_ill(kind) if kind.codes else one.live
                if not right and (asked_s > WITHIN_S or not kind.codes):
                    wrong[place, kind.name] = one
        if asked_s > WITHIN_S:
            judged += 1
            if counts["live"] != live:
                wrong["worker", "all"] = counts
        await asyncio.sleep(0.2)
    return wrong
