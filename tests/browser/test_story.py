"""The whole system seen from its page: by an operator, an investigator and an administrator."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from deploy.cli import main
from deploy.demo import CAMERAS
from tests.browser.story import MOTIVE, WATCH, open_player, open_wall, picture, sign_in
from tests.browser.tour import violations
from tests.support.browser import chromium
from tests.support.client import Json, signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

WATCHED_S = 20
LONGEST_WAIT_MS = 1000
LEAST_FPS = 6
"""The least that the order of 3 August 2007 lets a stored stream have."""


@asynccontextmanager
async def visitor(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="fr-FR"
    )
    await context.add_init_script(WATCH)
    try:
        yield context
    finally:
        await context.close()


async def test_an_operator_watches_four_cameras_without_a_freeze_and_is_told_when_they_are_stale(
    whole: WholeSystem, tmp_path: Path
) -> None:
    async with signed_in(whole.url, "operatrice") as api:
        cameras = [str(camera["id"]) for camera in await api.items("/cameras")][:4]
    async with chromium() as browser, visitor(browser) as context:
        page = await sign_in(context, whole.url, "operatrice")
        await open_wall(page, cameras, 4)
        await expect(page.get_by_test_id("tile-live")).to_have_count(4, timeout=15_000)
        await _watches_without_a_freeze(page)
        assert await page.evaluate("window.peers.length") == 1
        await page.get_by_test_id("wall-list-toggle").click()
        await picture(page, "wall", tmp_path)
        whole.signal(signal.SIGSTOP, "-m", "ingest", "--commune")
        try:
            await expect(page.get_by_test_id("tile-live")).to_have_count(0, timeout=10_000)
            await expect(page.get_by_test_id("tile-reason")).to_have_count(4)
            await picture(page, "wall-stale", tmp_path)
        finally:
            whole.signal(signal.SIGKILL, "-m", "ingest", "--commune")
        await expect(page.get_by_test_id("tile-live")).to_have_count(4, timeout=40_000)
        await page.get_by_test_id("nav-cameras").click()
        await expect(page.get_by_test_id("cameras-summary")).to_be_visible()
        await picture(page, "cameras", tmp_path)
    async with signed_in(whole.url, "admin") as admin:
        entries = await admin.items("/journal?limit=100")
    opened = {
        str(entry["camera"]) for entry in entries if entry["action"] == "live" and entry["motive"] == MOTIVE
    }
    assert set(cameras) <= opened


async def _watches_without_a_freeze(page: Page) -> None:
    before = await page.evaluate("inbound()")
    assert len(before) == 4
    waits_ms = await page.evaluate(f"longestWaits({WATCHED_S})")
    after = await page.evaluate("inbound()")
    for old, new in zip(before, after, strict=True):
        assert new["decoded"] - old["decoded"] > WATCHED_S * LEAST_FPS
    assert max(waits_ms) < LONGEST_WAIT_MS, waits_ms


async def test_a_legal_officer_plays_back_exports_and_verifies_and_the_journal_has_each_deed(
    whole: WholeSystem, tmp_path: Path
) -> None:
    async with signed_in(whole.url, "operatrice") as api:
        camera = str((await api.items("/cameras"))[0]["id"])
    async with chromium() as browser, visitor(browser) as context:
        page = await sign_in(context, whole.url, "juriste")
        await _plays_back(page, camera, tmp_path)
        package = await _exports(page, camera, tmp_path)
        key = whole.data_dir / "secrets" / "evidence-public.pem"
        assert await asyncio.to_thread(main, ["verify", str(package), "--key", str(key)]) == 0
        await _journal_has(browser, whole, {"playback", "export", "download"}, tmp_path)


async def _plays_back(page: Page, camera: str, folder: Path) -> None:
    await open_player(page, camera)
    if await page.get_by_test_id("play").get_attribute("aria-pressed") != "true":
        await page.get_by_test_id("play").click()
    await _goes_on(page)
    await expect(page.get_by_test_id("shown-at")).to_have_attribute("data-utc", re.compile(r"^\d{4}-.*Z$"))
    await picture(page, "playback", folder)


async def _goes_on(page: Page) -> None:
    """Several pictures are shown, each later than the one before."""
    shown = page.get_by_test_id("shown-at")
    seen: list[str] = []

    async def further() -> bool:
        utc = await shown.get_attribute("data-utc") or ""
        if utc and utc not in seen:
            seen.append(utc)
        return len(seen) >= 4

    await eventually(further, within_s=20, what="playback going on")
    assert seen == sorted(seen)


async def test_a_recording_of_h265_goes_on_in_a_browser_and_says_so_where_it_is_converted(
    whole: WholeSystem,
) -> None:
    async with signed_in(whole.url, "operatrice") as api:
        h265 = next(one.name for one in CAMERAS if "codec=h265" in one.options)
        camera = next(one for one in await api.items("/cameras") if one["name"] == h265)
    answered: list[str] = []
    async with chromium() as browser, visitor(browser) as context:
        page = await sign_in(context, whole.url, "juriste")
        page.on("response", lambda answer: answered.append(answer.headers.get("x-beffroi-codec", "")))
        await open_player(page, str(camera["id"]))
        await _goes_on(page)
        played = 'codec => MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`)'
        recorded = next(codec for codec in answered if codec)
        assert recorded.startswith(("hvc1.", "hev1."))
        notice = page.get_by_test_id("notice-converted")
        if await page.evaluate(played, recorded):
            await expect(notice).to_have_count(0)
        else:
            await expect(notice).to_contain_text("H.265")
            assert any(codec.startswith("avc1.") for codec in answered)
        assert await page.get_by_test_id("player-video").evaluate("v => [v.videoWidth, v.videoHeight]") == [
            512,
            288,
        ]
        assert await violations(page) == []


async def _exports(page: Page, camera: str, folder: Path) -> Path:
    await page.get_by_test_id("nav-exports").click()
    await page.get_by_test_id("export-reference").fill("PV 2026/118-3")
    await page.get_by_test_id("export-authority").fill("OPJ Martin, commissariat de Lille, CPP 60-1")
    await page.get_by_test_id(f"choose-{camera}").click()
    form = page.get_by_test_id("export-form")
    if await form.get_by_test_id("motive").count():
        await form.get_by_test_id("motive").fill("Vol avec violence")
    await page.get_by_test_id("export-submit").click()
    done = page.locator("article[data-status=done]").first
    await expect(done).to_be_visible(timeout=60_000)
    await picture(page, "exports", folder)
    await done.get_by_test_id("export-download").click()
    dialog = page.get_by_test_id("download-dialog")
    if await dialog.get_by_test_id("motive").count():
        await dialog.get_by_test_id("motive").fill("Remis à l'OPJ Martin, disque 12")
    async with page.expect_download() as started:
        await dialog.get_by_test_id("download-submit").click()
    package = folder / "export.zip"
    await (await started.value).save_as(package)
    return package


async def _journal_has(browser: Browser, whole: WholeSystem, actions: set[str], folder: Path) -> None:
    async with signed_in(whole.url, "admin") as admin:
        entries = await admin.items("/journal?limit=100")
        assert actions <= {str(entry["action"]) for entry in entries}
        assert all(entry["motive"] for entry in entries if entry["action"] in actions)
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "admin")
        await page.get_by_test_id("nav-journal").click()
        await expect(page.get_by_test_id("journal-entry").first).to_be_visible()
        await picture(page, "journal", folder)
        await page.get_by_test_id("nav-adminCameras").click()
        await expect(page.get_by_test_id("register-table")).to_be_visible()
        await picture(page, "register", folder)


async def test_an_administrator_gives_a_camera_a_small_stream_and_sees_who_watches(
    whole: WholeSystem, tmp_path: Path
) -> None:
    simulator = f"rtsp://127.0.0.1:{whole.ports.simulator}"
    async with signed_in(whole.url, "admin") as api:
        watched = (await api.items("/cameras"))[0]
        mine: Json = {"commune": "59346", "name": "Essai", "address": f"{simulator}/lezennes-ecole"}
        camera = (await api.made("/cameras", mine))["id"]
        async with chromium() as browser, visitor(browser) as context, visitor(browser) as elsewhere:
            operator = await sign_in(elsewhere, whole.url, "operatrice")
            await open_wall(operator, [str(watched["id"])], 1)
            page = await sign_in(context, whole.url, "admin")
            await _gives_a_small_stream(page, str(camera), f"{simulator}/lezennes-ecole-sub")
            await _sees_who_watches(page, watched)
            await picture(page, "viewers", tmp_path)
            await operator.goto("about:blank")
            # Sooner than silence would be noticed: a page that is left says so.
            await expect(page.get_by_test_id(f"watch-{watched['id']}")).to_have_count(0, timeout=12_000)
        changed = await api.camera(camera)
        assert (changed["has_sub"], changed["transport"], changed["opener"]) == (True, "udp", "own")
        assert (await api.delete(f"/cameras/{camera}")).is_success


async def _gives_a_small_stream(page: Page, camera: str, address: str) -> None:
    await page.get_by_test_id("nav-adminCameras").click()
    await page.get_by_test_id(f"camera-edit-{camera}").click()
    form = page.get_by_test_id("camera-form")
    await form.get_by_test_id("camera-sub-address").fill("http://127.0.0.1/")
    await form.get_by_test_id("camera-save").click()
    await expect(form.get_by_test_id("field-error")).to_have_count(1)
    await form.get_by_test_id("camera-sub-address").fill(address)
    await form.get_by_test_id("camera-transport").select_option("udp")
    await form.get_by_test_id("camera-save").click()
    await expect(form).to_have_count(0)
    row = page.get_by_test_id(f"register-{camera}")
    await expect(row.get_by_test_id("register-reading")).to_have_text("petit flux · UDP")


async def _sees_who_watches(page: Page, camera: Json) -> None:
    await page.get_by_test_id("view-register").press("g")
    await page.keyboard.press("v")
    row = page.get_by_test_id(f"watch-{camera['id']}")
    # Who watched in a test before may still be told for a moment.
    await expect(row).to_have_count(1, timeout=30_000)
    # Whoever left just now may stand beside whoever watches, until the table is read again.
    await expect(row).to_have_count(1, timeout=30_000)
    await expect(row).to_contain_text(str(camera["name"]))
    await expect(row).to_contain_text("operatrice")
    await expect(row.get_by_test_id("watch-state")).to_have_attribute("data-arrival", "fresh", timeout=20_000)
    await expect(row).to_contain_text("b/s")
