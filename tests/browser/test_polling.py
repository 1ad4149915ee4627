"""What the page asks again and again: when it asks, and what it tells of a server that is lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.canned import ORIGIN, Canned, canned_context
from tests.support.eventually import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

_SEEN = """seen => {
  const value = seen ? 'visible' : 'hidden';
  Object.defineProperty(document, 'visibilityState', {value, configurable: true});
  document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));
}"""
_HURRIED = """
for (const name of ['setTimeout', 'setInterval']) {
  const real = window[name];
  window[name] = (work, ms, ...given) => real.call(window, work, ms / 5, ...given);
}"""
"""The page's seconds are fifths, so that its polls need not be waited for."""
_IMPATIENT = (
    "const timeout = AbortSignal.timeout; AbortSignal.timeout = () => timeout.call(AbortSignal, 200);"
)
"""An answer that does not come is given up after a moment instead of 10 s."""


@asynccontextmanager
async def _page(browser: Browser, server: Canned, view: str, script: str = "") -> AsyncIterator[Page]:
    async with canned_context(browser, server) as context:
        page = await context.new_page()
        await page.add_init_script(_HURRIED + script)
        await page.goto(f"{ORIGIN}/#/{view}")
        await page.locator(f"main[data-view={view}] [data-testid^=view-]").wait_for()
        yield page


async def _asked_again(server: Canned, path: str) -> None:
    before = server.asked.get(path, 0)

    async def more() -> bool:
        return server.asked.get(path, 0) > before

    await eventually(more, within_s=10, what=f"{path} asked again")


async def test_a_hidden_tab_asks_nothing_and_asks_at_once_when_it_is_seen_again(browser: Browser) -> None:
    server = Canned("legal")
    async with _page(browser, server, "exports") as page:
        await _asked_again(server, "/exports")
        await page.evaluate(_SEEN, False)
        await page.wait_for_load_state("networkidle")
        before = dict(server.asked)
        # Nothing must come in the time of three polls.
        await page.wait_for_timeout(600)
        assert server.asked == before
        await page.evaluate(_SEEN, True)
        await _asked_again(server, "/exports")


async def test_what_a_hidden_tab_kept_says_its_age_until_it_is_answered_anew(browser: Browser) -> None:
    server = Canned("operator")
    async with _page(browser, server, "cameras") as page:
        notice = page.get_by_test_id("freshness").locator("span")
        await expect(page.get_by_test_id("cameras-summary")).to_be_visible()
        await page.evaluate(_SEEN, False)
        # Neither an answer nor a failure comes before the end of this test.
        server.failing = lambda path: -1
        await page.clock.set_fixed_time(datetime.now() + timedelta(hours=1))
        await page.evaluate(_SEEN, True)
        await expect(notice).to_be_visible(timeout=4000)


@pytest.mark.parametrize("lost", [0, -1, 503], ids=["refused", "silent", "unavailable"])
async def test_a_lost_server_is_told_at_the_first_failure_with_the_age_of_what_is_shown_until_it_answers(
    browser: Browser, lost: int
) -> None:
    server = Canned("operator")
    async with _page(browser, server, "cameras", _IMPATIENT) as page:
        notice = page.get_by_test_id("freshness").locator("span")
        await expect(page.get_by_test_id("cameras-summary")).to_be_visible()
        await expect(notice).to_have_count(0)
        server.failing = lambda path: lost
        await expect(notice).to_be_visible(timeout=4000)
        await expect(page.get_by_test_id("cameras-summary")).to_be_visible()
        # Told without a break: a notice that came and went with each attempt would be read out each time.
        await page.evaluate(
            "() => new MutationObserver(() => { window.broken = true; })"
            ".observe(document.querySelector('[data-testid=freshness]'), {childList: true})"
        )
        await _asked_again(server, "/cameras")
        assert await page.evaluate("window.broken") is None
        server.failing = lambda path: None
        await expect(notice).to_have_count(0, timeout=4000)


async def test_a_server_that_the_browser_believes_to_be_beyond_its_network_is_asked_and_told_lost(
    browser: Browser,
) -> None:
    server = Canned("operator")
    async with _page(browser, server, "cameras") as page:
        await expect(page.get_by_test_id("cameras-summary")).to_be_visible()
        server.failing = lambda path: 0
        await page.context.set_offline(True)
        await expect(page.get_by_test_id("freshness").locator("span")).to_be_visible(timeout=4000)


async def test_a_first_answer_that_does_not_come_says_why_until_it_comes(browser: Browser) -> None:
    server = Canned("admin", failing=lambda path: 503 if path == "/viewers" else None)
    async with _page(browser, server, "viewers") as page:
        problem = page.get_by_test_id("view-viewers").get_by_test_id("problem")
        await expect(problem).to_be_visible()
        await _asked_again(server, "/viewers")
        await expect(problem).to_be_visible()
        server.failing = lambda path: None
        await expect(page.get_by_test_id("viewers-table")).to_be_visible()
        await expect(problem).to_have_count(0)


async def test_a_session_that_ended_shows_nothing_to_the_next_person_of_what_it_was_answered(
    browser: Browser,
) -> None:
    server = Canned("admin")
    async with _page(browser, server, "people") as page:
        await expect(page.get_by_test_id("person-operator")).to_be_visible()
        server.failing = lambda path: 401
        await expect(page.get_by_test_id("sign-in")).to_be_visible(timeout=12_000)
        server.failing = lambda path: None if path == "/session" else -1
        await page.get_by_test_id("login").fill("somebody")
        await page.get_by_test_id("password").fill("a password")
        await page.get_by_test_id("sign-in-submit").click()
        await expect(page.get_by_test_id("view-people")).to_be_visible()
        await expect(page.get_by_test_id("person-operator")).to_have_count(0)


async def test_what_was_changed_is_asked_anew_though_an_answer_is_under_way(browser: Browser) -> None:
    server = Canned("admin")
    async with _page(browser, server, "people") as page:
        await page.get_by_test_id("person-remove-legal").click()
        server.failing = lambda path: -1 if path == "/people" else None
        await _asked_again(server, "/people")
        before = server.asked["/people"]
        await page.get_by_test_id("confirm-yes").click()
        await expect(page.get_by_test_id("confirm")).to_have_count(0)
        assert server.asked["/people"] == before + 1
