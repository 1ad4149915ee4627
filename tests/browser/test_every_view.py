"""What holds of all views and dialogs: they fit a phone, suit keyboard and axe, and drafts are kept."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.browser.story import open_player, sign_in
from tests.browser.test_story import visitor
from tests.browser.tour import VIEWS, keeps_a_draft, out_of_reach, too_wide, tour, violations
from tests.support.client import Json, rfc3339, signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem


def requisition(camera: str) -> Json:
    """What a requisition says beside its range, its motive and its receipt."""
    officer = {"name": "A. Martin", "capacity": "opj", "service": "Commissariat de Lille"}
    paper = {"file": "PV 2026/121-1", "article": "60-1", "received_by": "C. Dubois"}
    return {**paper, "officer": officer, "cameras": [camera]}


pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

WIDTHS = (320, 360, 390, 699, 701, 960, 1440)
SEES_NO_MORE = {"commune"}
"""What these see is what an administrator sees, in fewer communes."""
AXE_AT = (390, 701)
"""Below and above the width where tables become cards; above it they scroll."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def camera(whole: WholeSystem) -> AsyncIterator[str]:
    """A camera with a hold, and an export that is ready."""
    async with signed_in(whole.url, "juriste") as api:
        one = str((await api.items("/cameras"))[0]["id"])
        began = datetime.now(UTC) - timedelta(minutes=5)

        def asked() -> Json:
            span = {"from": rfc3339(began), "to": rfc3339(datetime.now(UTC))}
            return {"motive": "Vol avec violence", **span}

        async def exported() -> None:
            order = {"reference": "PV 2026/120-1", "authority": "OPJ Martin, CPP 60-1", "cameras": [one]}
            await api.made("/exports", {**asked(), **order})

        async def ready() -> bool:
            states = {export["status"] for export in await api.items("/exports")}
            # An export fails while nothing is recorded: the system may have started just now.
            if not states & {"queued", "running", "done"}:
                await exported()
            return "done" in states

        procedure = {"reference": "PV 2026/120-1", "basis": "preliminary", "camera": one}
        hold = await api.made("/holds", {**asked(), **procedure})
        received = {"received_at": rfc3339(began)}
        filmed = {"person": "J. Petit", "contact": "Lille", "identity": "carte vue", "cameras": [one]}
        span = {name: value for name, value in asked().items() if name != "motive"}
        await api.made("/access-requests", {**span, **filmed, **received})
        async with signed_in(whole.url, "adjointe") as other:
            await other.made("/requisitions", {**asked(), **requisition(one), **received})
        await eventually(ready, within_s=60, what="an export that is ready")
        yield one
        await api.delete(f"/holds/{hold['id']}")


@pytest.mark.usefixtures("camera")
@pytest.mark.parametrize("login", VIEWS)
async def test_every_view_fits_a_phone_is_reached_by_the_keyboard_is_right_for_axe_and_keeps_drafts(
    whole: WholeSystem, browser: Browser, login: str
) -> None:
    wrong: list[object] = []
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, login)
        async for stop in tour(page, login):
            for width in WIDTHS:
                wrong += [(stop, width, part) for part in await too_wide(page, width)]
                if width in AXE_AT and login not in SEES_NO_MORE:
                    wrong += [(stop, width, found) for found in await violations(page)]
            wrong += [(stop, found) for found in await out_of_reach(page)]
            if stop.dialog:
                await keeps_a_draft(page, stop.dialog)
    assert wrong == []


async def test_the_player_and_the_sign_in_fit_a_phone_and_axe_finds_nothing_wrong(
    whole: WholeSystem, browser: Browser, camera: str
) -> None:
    wrong: list[object] = []
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "juriste")
        await open_player(page, camera)
        for width in WIDTHS:
            wrong += [(width, part) for part in await too_wide(page, width)]
        wrong += await violations(page) + await out_of_reach(page)
        await page.set_viewport_size({"width": 320, "height": 640})
        await page.get_by_test_id("sign-out").click()
        await expect(page.get_by_test_id("sign-in")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        wrong += await violations(page)
    assert wrong == []


async def test_a_disputed_clock_is_shown_loudly_and_confirmed_with_a_motive(
    whole: WholeSystem, browser: Browser
) -> None:
    now = rfc3339(datetime.now(UTC))
    told = {
        "now": now,
        "heard_at": now,
        "storage_at": now,
        "refused_since": now,
        "clock_disputed": True,
        "refusal": "the clock has jumped by 40 d 0 h ahead to 2026-12-31T12:00:00Z",
        "failure": "",
        "grounds": [
            {
                "reason": "the clock has jumped by 40 d 0 h ahead to 2026-12-31T12:00:00Z",
                "why": {"code": "clock-jumped", "params": {"instant": "2026-12-31T12:00:00Z"}},
            }
        ],
    }
    sent: list[Json] = []

    async def take(route: Route) -> None:
        sent.append(dict(route.request.post_data_json or {}))
        await route.fulfill(status=204)

    wrong: list[object] = []
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "admin")
        await page.route("**/api/v1/storage", lambda route: route.fulfill(json=told))
        await page.route("**/api/v1/storage/clock", take)
        await page.keyboard.press("g")
        await page.keyboard.press("s")
        await expect(page.get_by_test_id("storage-state")).to_have_attribute("data-kind", "refused")
        await expect(page.get_by_test_id("storage-refusal")).to_contain_text("UTC")
        for opened in (False, True):
            if opened:
                await page.get_by_test_id("clock-confirm").click()
            for width in (360, 1440):
                wrong += [(opened, width, part) for part in await too_wide(page, width)]
                wrong += await violations(page)
            wrong += await out_of_reach(page)
        await keeps_a_draft(page, "clock-dialog")
        await page.get_by_test_id("clock-confirm").click()
        await page.get_by_test_id("motive").fill("power cut of two days")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("clock-dialog")).to_have_count(0)
    assert (wrong, [word["motive"] for word in sent]) == ([], ["power cut of two days"])
