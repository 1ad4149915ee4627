"""The page of an export plays its films in Chromium, from a folder, without a server or a network."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, Request

from shared.evidence.manifest import PLAYER
from shared.tap.reassembly import Gap
from tests.support.browser import chromium
from tests.support.eventually import eventually
from tests.support.pictures import STREAM
from tests.unit.storage.packages import exported
from tests.unit.storage.workshop import units, workshop


async def unpacked(folder: Path) -> Path:
    """An export with a gap from 2.0 to 6.0 s, unpacked as whoever gets it would."""
    pictures = units(250)
    async with workshop(folder) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        with zipfile.ZipFile(await exported(shop)) as archive:
            archive.extractall(folder / "unpacked")
    return folder / "unpacked"


async def shown_s(page: Page) -> float:
    """The second of its minute that the page says its picture was taken in."""
    told = await page.locator("#utc").text_content() or ""
    found = re.search(r":(\d\d\.\d{6})$", told)
    return float(found[1]) if found else -1.0


async def pressed(page: Page, key: str, times: int) -> list[float]:
    """What the page shows after each press, once that has changed."""
    seen = []
    for _ in range(times):
        before = await shown_s(page)
        await page.keyboard.press(key)

        async def changed(before: float = before) -> bool:
            return await shown_s(page) != before

        await eventually(changed, what=f"another picture after {key}")
        seen.append(await shown_s(page))
    return seen


async def test_an_export_is_stepped_through_both_ways_over_a_gap_from_a_folder(tmp_path: Path) -> None:
    folder = await unpacked(tmp_path)
    complaints: list[str] = []
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    async with chromium() as browser:
        page = await browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", note)
        await page.goto((folder / PLAYER).as_uri())

        async def first() -> bool:
            return await shown_s(page) == 0.0

        await eventually(first, what="the first picture")
        assert await pressed(page, "ArrowRight", 4) == pytest.approx([0.04, 0.08, 0.12, 0.16])
        assert await pressed(page, "ArrowLeft", 2) == pytest.approx([0.12, 0.08])
        await page.locator("#place").evaluate(
            "place => { place.value = '1.93'; place.dispatchEvent(new Event('change')); }"
        )

        async def late() -> bool:
            return await shown_s(page) == pytest.approx(1.92)

        await eventually(late, what="the picture at 1.92 s")

        async def told_of_the_gap() -> bool:
            return "Lacune" in await page.locator("#notice").inner_text()

        assert await pressed(page, "ArrowRight", 2) == pytest.approx([1.96, 6.0])
        await eventually(told_of_the_gap, what="the notice of the gap stepped over forward")
        assert await pressed(page, "ArrowRight", 1) == pytest.approx([6.04])
        assert await pressed(page, "ArrowLeft", 2) == pytest.approx([6.0, 1.96])
        await eventually(told_of_the_gap, what="the notice of the gap stepped over backward")
        assert await pressed(page, "ArrowLeft", 1) == pytest.approx([1.92])
    assert complaints == []
    assert all(url.startswith("file:") for url in asked)
