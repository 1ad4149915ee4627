"""Who is slowed at signing in waits with the page, which tries again by itself."""

import json

import pytest
from playwright.async_api import Browser, Route

from tests.support.client import PASSWORD
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

WAITS_S = (1, 2)


async def test_the_page_waits_and_tries_again_until_it_is_let_in(
    whole: WholeSystem, browser: Browser
) -> None:
    context = await browser.new_context(locale="fr-FR")
    page = await context.new_page()
    waits = iter(WAITS_S)
    asked: list[object] = []

    async def slowed(route: Route) -> None:
        if route.request.method != "POST":
            await route.continue_()
            return
        asked.append(route.request.post_data_json)
        wait_s = next(waits, None)
        if wait_s is None:
            await route.continue_()
            return
        body = {"type": "urn:beffroi:problem:too-many-requests", "status": 429, "retry_after_s": wait_s}
        await route.fulfill(status=429, content_type="application/problem+json", body=json.dumps(body))

    await page.route("**/api/v1/session", slowed)
    await page.goto(whole.url)
    await page.get_by_test_id("login").fill("operatrice")
    await page.get_by_test_id("password").fill(PASSWORD)
    await page.get_by_test_id("sign-in-submit").click()
    notice = page.get_by_test_id("sign-in-notice")

    async def told() -> bool:
        return "essaie de nouveau" in await notice.inner_text()

    await eventually(told, what="the wait being told")
    await page.get_by_test_id("who").wait_for(timeout=30_000)
    # The system itself may have slowed this address too.
    assert len(asked) > len(WAITS_S)
    assert all(one == {"login": "operatrice", "password": PASSWORD} for one in asked)
    await context.close()


async def test_who_corrects_what_was_typed_waits_no_more_and_is_not_tried_again(
    whole: WholeSystem, browser: Browser
) -> None:
    context = await browser.new_context(locale="fr-FR")
    page = await context.new_page()
    asked: list[str] = []

    async def slowed(route: Route) -> None:
        if route.request.method != "POST":
            await route.continue_()
            return
        asked.append(route.request.method)
        body = {"type": "urn:beffroi:problem:too-many-requests", "status": 429, "retry_after_s": 60}
        await route.fulfill(status=429, content_type="application/problem+json", body=json.dumps(body))

    await page.route("**/api/v1/session", slowed)
    await page.goto(whole.url)
    await page.get_by_test_id("login").fill("operatrice")
    await page.get_by_test_id("password").fill("a slip")
    submit = page.get_by_test_id("sign-in-submit")
    await submit.click()
    await eventually(lambda: len(asked) == 1, what="the first try")
    assert await submit.is_disabled()
    await page.get_by_test_id("password").fill(PASSWORD)
    await eventually(submit.is_enabled, what="the form being free")
    assert asked == ["POST"]
    await context.close()
