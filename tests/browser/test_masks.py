"""A box drawn on the page is black in the film handed over, when and where it was drawn, and nowhere else."""

import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.async_api import Browser, Page, expect

from shared.evidence.manifest import MANIFEST
from tests.browser.story import open_player, picture, sign_in
from tests.browser.test_desk import approves, card, delivers
from tests.browser.test_playing import shown
from tests.browser.test_story import visitor
from tests.browser.tour import out_of_reach, too_wide, violations
from tests.support.canned import ORIGIN, Canned, canned_context
from tests.support.eventually import eventually
from tests.support.recorded import recorded
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

FILE = "PV 2026/777-2"
"""Another than that of the desk's test: both use one system."""

LEFT, TOP, RIGHT, BOTTOM = 0.30, 0.35, 0.55, 0.65
"""Where the box is drawn, in fractions of the picture."""
STEP = 0.01
"""How far an arrow moves it."""
AFTER_S = 3.0
FRAME_S = 0.2
"""No picture of these cameras lasts so long."""
DRAFTS = "() => Object.keys(localStorage).filter(key => key.startsWith('beffroi.masks.'))"

KEEP = """key => localStorage.setItem(key, JSON.stringify([{id: 'm-1', positions: [0, 9].map(ms =>
  ({at: Date.now() + ms, x: 0, y: 0, w: 0.5, h: 0.5}))}]))"""

Picture = NDArray[np.uint8]


async def _held(page: Page, at: datetime) -> datetime:
    """Lets it play until an instant has passed, and holds the picture shown then."""

    async def there() -> bool:
        return await shown(page) >= at

    await eventually(there, within_s=60, what=f"the picture of {at}")
    await page.get_by_test_id("play").click()
    await expect(page.get_by_test_id("play")).to_have_attribute("aria-pressed", "false")
    return await shown(page)


async def draws(page: Page) -> tuple[datetime, datetime]:
    """One box by the mouse, then by the keyboard where it is some seconds later; when it begins and ends."""

    async def playing() -> bool:
        return bool(await page.get_by_test_id("shown-at").get_attribute("data-utc"))

    await eventually(playing, within_s=60, what="a first picture")
    began = await _held(page, await shown(page) + timedelta(seconds=4))
    await page.keyboard.press("m")
    layer = await page.get_by_test_id("mask-layer").bounding_box()
    assert layer is not None
    x, y, width, height = layer["x"], layer["y"], layer["width"], layer["height"]
    await page.mouse.move(x + LEFT * width, y + TOP * height)
    await page.mouse.down()
    await page.mouse.move(x + RIGHT * width, y + BOTTOM * height, steps=5)
    await page.mouse.up()
    await expect(page.get_by_test_id("mask-box-m-1")).to_be_focused()
    await page.get_by_test_id("play").click()
    ended = await _held(page, began + timedelta(seconds=AFTER_S))
    await page.get_by_test_id("mask-box-m-1").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("e")
    await expect(page.get_by_test_id("mask-total")).to_contain_text("1 masque, 3")
    return began, ended


async def asks(page: Page, camera: str) -> None:
    """From the picture to the desk, where the requisition takes the masks."""
    await page.get_by_test_id("mask-order").click()
    await expect(page.get_by_test_id("requisition-copy")).to_have_value("drawn")
    for field, text in (("file", FILE), ("officer", "A. Martin"), ("service", "Commissariat de Lille")):
        await page.get_by_test_id(f"requisition-{field}").fill(text)
    await expect(page.get_by_test_id(f"choose-{camera}")).to_be_checked()
    await page.get_by_test_id("requisition-form").get_by_test_id("motive").fill("Tiers à occulter")
    await page.get_by_test_id("requisition-submit").click()
    # Once storage holds the range.
    redacted = card(page, FILE).get_by_test_id("requisition-redacted")
    await expect(redacted).to_contain_text("1 masque", timeout=30_000)


async def looks(page: Page, folder: Path) -> None:
    """The second person sees the box over the picture before they decide."""
    await page.get_by_test_id("nav-requisitions").click()
    await card(page, FILE).get_by_test_id("see-masks").click()
    await page.get_by_test_id("motive").fill("Contrôle des masques")
    await page.get_by_test_id("playback-open").click()
    await expect(page.get_by_test_id("masks-looked")).to_contain_text("1 masque")
    await page.get_by_test_id("look-m-1").click()
    black = page.get_by_test_id("mask-box-m-1")
    await expect(black).to_be_visible(timeout=20_000)
    await picture(page, "masks-approval", folder)
    assert await black.evaluate("box => getComputedStyle(box).backgroundColor") == "rgb(0, 0, 0)"
    await page.get_by_test_id("masks-take-up").click()
    await expect(page.get_by_test_id("mask-m-1")).to_be_visible()
    await page.get_by_test_id("mask-remove-m-1").click()
    assert await page.evaluate(DRAFTS) == []


def pictures_of(package: Path) -> list[tuple[datetime, Picture]]:
    """The pictures of its one film, each with its UTC."""
    with zipfile.ZipFile(package) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        (film,) = [one for one in manifest["files"] if one["name"].endswith(".mp4")]
        assert manifest["redaction"]["masks"] == 1
        assert [one["masks"]["by_centre"] for one in manifest["cameras"]] == ["burnt-in"]
        video = archive.read(film["name"])
    start = datetime.fromisoformat(film["start"])
    with av.open(io.BytesIO(video), "r") as container:
        frames = [(float(one.time or 0), one.to_ndarray(format="gray")) for one in container.decode(video=0)]
    first_s = frames[0][0]
    return [(start + timedelta(seconds=at_s - first_s), np.asarray(one, np.uint8)) for at_s, one in frames]


def inside(pixels: Picture, moved: float = 0.0) -> Picture:
    """What is under the box, a little in from its sides."""
    height, width = pixels.shape
    rows = slice(round((TOP + 0.02) * height), round((BOTTOM - 0.02) * height))
    return pixels[rows, round((LEFT + moved + 0.02) * width) : round((RIGHT + moved - 0.02) * width)]


def beside(pixels: Picture) -> Picture:
    """What is right of it."""
    height, width = pixels.shape
    rows = slice(round(TOP * height), round(BOTTOM * height))
    return pixels[rows, round((RIGHT + 0.05) * width) : round((RIGHT + 0.25) * width)]


async def test_a_box_drawn_by_mouse_and_keyboard_is_black_in_the_film_when_and_where_it_was_drawn(
    whole: WholeSystem, browser: Browser, tmp_path: Path
) -> None:
    camera = await recorded(whole)
    async with visitor(browser) as one, visitor(browser) as other:
        first, second = await sign_in(one, whole.url, "adjointe"), await sign_in(other, whole.url, "juriste")
        await open_player(first, camera)
        began, ended = await draws(first)
        for _ in range(5):
            await first.get_by_test_id("zoom-in").click()
        await picture(first, "masks", tmp_path)
        assert [*await violations(first), *await out_of_reach(first), *await too_wide(first, 390)] == []
        await picture(first, "masks-phone", tmp_path)
        await first.set_viewport_size({"width": 1600, "height": 900})
        await first.get_by_test_id("mask-follow").click()
        # What the tracker makes of these pictures is its own; that it is asked, and answers, is the page's.
        answer = first.locator("[data-testid=mask-proposal], [data-testid=mask-said]:not(:empty)")
        await expect(answer).to_contain_text(
            re.compile("Suivi proposé|Le suivi n’a rien trouvé"), timeout=60_000
        )
        await first.reload()
        await expect(first.get_by_test_id("shown-at")).to_have_attribute("data-utc", re.compile("Z"))
        await first.keyboard.press("m")
        await expect(first.get_by_test_id("mask-m-1")).to_be_visible()
        await asks(first, camera)
        assert await first.evaluate(DRAFTS) == []
        await looks(second, tmp_path)
        await approves(second, FILE)
        package, _ = await delivers(other, second, tmp_path, FILE)
        await second.get_by_test_id("nav-transmissions").click()
        await expect(second.get_by_test_id("transmission-redacted").first).to_contain_text("1 masque")
    pictures = pictures_of(package)
    during = [pixels for at, pixels in pictures if began <= at <= ended]
    apart = timedelta(seconds=FRAME_S)
    before = [pixels for at, pixels in pictures if at < began - apart]
    after = [pixels for at, pixels in pictures if at > ended + apart]
    assert (ended - began).total_seconds() >= AFTER_S
    assert min(map(len, (before, during, after))) >= 10
    assert max(int(inside(pixels).max()) for pixels in during[:3]) < 30
    assert max(int(inside(pixels, STEP).max()) for pixels in during[-3:]) < 30
    assert max(int(inside(pixels, STEP / 2).max()) for pixels in during) < 30
    assert min(int(inside(pixels).max()) for pixels in (*before, *after)) > 60
    assert min(int(beside(pixels).max()) for pixels in during) > 60


async def test_a_person_who_was_filmed_is_answered_with_the_copies_that_are_ready(browser: Browser) -> None:
    server = Canned("legal")
    for camera in cast("list[dict[str, object]]", server.answers["/cameras"]):
        camera["name"] = "Place de la République, angle de la rue Nationale"
    async with canned_context(browser, server, width=390) as context:
        page = await context.new_page()
        await page.goto(f"{ORIGIN}/#/access")
        await expect(page.get_by_test_id("copy-approve")).to_be_visible()
        assert await too_wide(page, 320) == []
        await page.get_by_test_id("copy-approve").click()
        await expect(page.get_by_test_id("copy-act").get_by_test_id("mask-times")).to_contain_text(
            "1 masque, 12"
        )
        assert [*await violations(page), *await out_of_reach(page), *await too_wide(page, 390)] == []
        await page.keyboard.press("Escape")
        await page.get_by_test_id("access-answer").click()
        await expect(page.get_by_test_id("access-copy-exp-done")).to_be_checked()
        assert [*await violations(page), *await out_of_reach(page), *await too_wide(page, 390)] == []
        await page.get_by_test_id("access-medium").fill("disque 7")
        await page.get_by_test_id("access-dialog").get_by_test_id("motive").fill("Remis au guichet")
        async with page.expect_request(re.compile("/access-requests/a-open/end$")) as asked:
            await page.get_by_test_id("access-dialog-submit").click()
        body = (await asked.value).post_data_json
    assert isinstance(body, dict)
    assert (body["status"], body["packages"], body["medium"]) == ("redacted-copy", ["exp-done"], "disque 7")


async def test_a_draft_for_an_access_request_is_destroyed_once_that_is_closed(browser: Browser) -> None:
    async with canned_context(browser, Canned("legal")) as context:
        page = await context.new_page()
        await page.goto(f"{ORIGIN}/#/cameras")
        await expect(page.get_by_test_id("view-cameras")).to_be_visible()
        for request in ("a-open", "a-refused"):
            await page.evaluate(KEEP, f"beffroi.masks.p-legal.cam-0000000000@{request}")
        await page.get_by_test_id("nav-access").click()
        await expect(page.get_by_test_id("access-a-refused")).to_be_visible()

        async def destroyed() -> bool:
            return bool(await page.evaluate(DRAFTS) == ["beffroi.masks.p-legal.cam-0000000000@a-open"])

        await eventually(destroyed, within_s=10, what="the draft for a request that is closed, destroyed")
