"""A requisition from the counter to the receipt: entered by one person, approved by another, verified."""

import asyncio
import hashlib
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.story import sign_in
from tests.browser.test_story import visitor
from tests.support.canned import ORIGIN, Canned, canned_context
from tests.support.canned_answers import REFUSED, STANDING
from tests.support.recorded import recorded
from tests.support.whole import ROOT, WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

FILE = "PV 2026/777-1"


def card(page: Page, file: str = FILE) -> Locator:
    return page.locator(f"[data-file='{file}']")


async def enters(page: Page, camera: str) -> None:
    await page.get_by_test_id("nav-requisitions").click()
    for field, text in (("file", FILE), ("officer", "A. Martin"), ("service", "Commissariat de Lille")):
        await page.get_by_test_id(f"requisition-{field}").fill(text)
    await page.get_by_test_id(f"choose-{camera}").click()
    await page.get_by_test_id("requisition-form").get_by_test_id("motive").fill("Vol avec violence")
    await page.get_by_test_id("requisition-submit").click()
    await expect(card(page)).to_have_attribute("data-status", "waiting")
    await expect(card(page).get_by_test_id("requisition-own")).to_be_visible()
    await expect(card(page).get_by_test_id("requisition-approve")).to_have_count(0)


async def approves(page: Page, file: str = FILE) -> None:
    await page.get_by_test_id("nav-requisitions").click()
    await card(page, file).get_by_test_id("requisition-approve").click()
    dialog = page.get_by_test_id("requisition-act")
    await expect(dialog.get_by_test_id("preflight-held")).to_contain_text("Gelé")
    await dialog.get_by_test_id("motive").fill("Acte vérifié par téléphone")
    await dialog.get_by_test_id("requisition-act-submit").click()
    await expect(card(page, file)).to_have_attribute("data-status", "approved")


async def delivers(context: BrowserContext, page: Page, folder: Path, file: str = FILE) -> tuple[Path, Path]:
    """The package and its receipt, as the browser kept them."""
    await expect(card(page, file).get_by_test_id("requisition-deliver")).to_be_visible(timeout=60_000)
    await card(page, file).get_by_test_id("requisition-download").click()
    await page.get_by_test_id("download-dialog").get_by_test_id("motive").fill("Gravé sur le disque 12")
    async with page.expect_download() as package:
        await page.get_by_test_id("download-submit").click()
    await (await package.value).save_as(folder / "export.zip")
    await card(page, file).get_by_test_id("requisition-deliver").click()
    dialog = page.get_by_test_id("deliver-dialog")
    await dialog.get_by_test_id("deliver-medium").fill("disque 12")
    await dialog.get_by_test_id("motive").fill("Remis au guichet")
    async with page.expect_download() as receipt:
        await dialog.get_by_test_id("deliver-submit").click()
    await (await receipt.value).save_as(folder / "receipt.json")
    await expect(card(page, file)).to_have_attribute("data-status", "delivered")
    return folder / "export.zip", folder / "receipt.json"


@pytest.mark.parametrize(
    ("kind", "view", "alarm"), [("legal", "holds", "holds-alarm"), ("admin", "storage", "storage-held")]
)
async def test_a_disk_full_of_held_footage_is_said_loudly_to_who_holds_it_and_to_who_runs_it(
    browser: Browser, kind: str, view: str, alarm: str
) -> None:
    server = Canned(kind)
    full = {"held_alarm": "holds keep 60 %", "held_alarm_why": STANDING["alarm_why"]}
    server.answers["/storage"] = {**REFUSED, **full}
    async with canned_context(browser, server) as context:
        page = await context.new_page()
        await page.goto(f"{ORIGIN}/#/{view}")
        await expect(page.get_by_test_id(alarm)).to_contain_text("gels gardent 60")
        await expect(page.get_by_test_id(alarm)).to_have_attribute("role", "alert")


async def test_a_requisition_goes_from_one_person_to_another_and_ends_in_a_receipt_that_verifies(
    whole: WholeSystem, browser: Browser, tmp_path: Path
) -> None:
    camera = await recorded(whole)
    async with visitor(browser) as one, visitor(browser) as other:
        first, second = await sign_in(one, whole.url, "adjointe"), await sign_in(other, whole.url, "juriste")
        await enters(first, camera)
        await approves(second)
        package, receipt = await delivers(other, second, tmp_path)
        await second.get_by_test_id("nav-transmissions").click()
        await expect(second.get_by_test_id("transmissions")).to_contain_text(FILE)
    async with httpx.AsyncClient() as client:
        storage = f"http://127.0.0.1:{whole.ports.storage}"
        key = tmp_path / "key.pem"
        key.write_bytes((await client.get(f"{storage}/evidence-key")).content)
    for file in (package, receipt):
        command = [sys.executable, "-m", "deploy.cli", "verify", str(file), "--key", str(key)]
        run = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=STDOUT)
        out, _ = await run.communicate()
        assert run.returncode == 0, out.decode()
    said = json.loads(receipt.read_text())["receipt"]
    assert said["package_sha256"] == hashlib.sha256(package.read_bytes()).hexdigest()
    assert (said["file"], said["recipient"], said["medium"]) == (FILE, "A. Martin", "disque 12")
