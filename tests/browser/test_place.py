"""Reload, Back, a link and another tab keep one's place; what is typed is not thrown away unasked."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.story import open_player, open_wall, sign_in
from tests.browser.test_story import visitor
from tests.browser.tour import asks_before_it_closes, violations
from tests.support.client import signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

TWICE = "from=2026-10-25T00:30:00.000Z&to=2026-10-25T01:30:00.000Z"
"""From the first to the second half past two of the night the clock is put back."""

FIRST_SHOWN = """
new MutationObserver(() => {
  const utc = document.querySelector('[data-testid=shown-at]')?.dataset.utc;
  if (utc) window.firstShown ??= utc;
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['data-utc']});
"""
"""Notes the instant of the first picture that playback shows after a page is loaded."""


async def _camera(whole: WholeSystem) -> str:
    async with signed_in(whole.url, "operatrice") as api:
        return str((await api.items("/cameras"))[0]["id"])


async def test_playback_keeps_its_place_over_reload_back_and_a_link(
    whole: WholeSystem, browser: Browser
) -> None:
    camera = await _camera(whole)
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "juriste")
        await page.goto(f"{whole.url}/#/playback/cam-0000000000")
        await expect(page.get_by_test_id("unknown-camera")).to_contain_text("cam-0000000000")
        # A link from a colleague: the range is there, both ends of it, and the motive is one's own.
        await page.goto(f"{whole.url}/#/playback/{camera}?{TWICE}")
        await expect(page.get_by_test_id("range-from-which")).to_have_value("false")
        await expect(page.get_by_test_id("range-to-which")).to_have_value("true")
        assert await violations(page) == []
        await open_player(page, camera)
        shown = await _paused_at_a_distance(page)
        opened = page.url
        await page.add_init_script(FIRST_SHOWN)
        await page.reload()

        async def first() -> object:
            return await page.evaluate("window.firstShown ?? null")

        await eventually(first, within_s=20, what="a picture after the reload")
        assert abs(datetime.fromisoformat(str(await first())) - shown) <= timedelta(seconds=1)
        assert _range_of(page) == _range_of_url(opened)
        await page.get_by_test_id("playback-change").click()
        await expect(page.get_by_test_id("playback-open")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_test_id("timeline")).to_be_visible()
        assert _range_of(page) == _range_of_url(opened)


async def _paused_at_a_distance(page: Page) -> datetime:
    """Plays for a while and pauses. The instant shown, which the address has by then."""
    shown, play = page.get_by_test_id("shown-at"), page.get_by_test_id("play")

    async def at() -> datetime:
        return datetime.fromisoformat(str(await shown.get_attribute("data-utc")))

    await expect(shown).to_have_attribute("data-utc", re.compile("Z$"), timeout=20_000)
    began = await at()

    async def far() -> bool:
        return await at() - began > timedelta(seconds=3)

    async def told() -> bool:
        words = parse_qs(urlsplit(page.url).fragment.partition("?")[2])
        return words.get("at") == [await shown.get_attribute("data-utc")]

    await eventually(far, within_s=20, what="three seconds played")
    await play.click()
    await expect(play).to_have_attribute("aria-pressed", "false")
    await eventually(told, within_s=5, what="the instant shown, in the address")
    return await at()


def _range_of_url(url: str) -> list[str]:
    return [part for part in urlsplit(url).fragment.split("?")[1].split("&") if not part.startswith("at=")]


def _range_of(page: Page) -> list[str]:
    return _range_of_url(page.url)


async def test_the_journal_keeps_its_filter_and_a_draft_is_not_thrown_away_unasked(
    whole: WholeSystem, browser: Browser
) -> None:
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "admin")
        await page.get_by_test_id("nav-journal").click()
        await page.get_by_test_id("journal-commune").select_option("59346")
        await page.get_by_test_id("journal-from").fill("2026-01-02T10:00")
        await page.get_by_test_id("nav-people").click()
        await _keeps_a_draft(page)
        await page.go_back()
        await page.reload()
        await expect(page.get_by_test_id("journal-commune")).to_have_value("59346")
        await expect(page.get_by_test_id("journal-from")).to_have_value(re.compile("^2026-01-02T10:00"))
        await page.get_by_test_id("journal-to").fill("2026-01-02T09:00")
        await expect(page.get_by_test_id("field-error")).to_be_visible()
        await expect(page.get_by_test_id("journal-entry")).to_have_count(0)


async def test_the_journal_keeps_its_page_over_reload_back_forward_and_a_link(
    whole: WholeSystem, browser: Browser
) -> None:
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "admin")
        await page.route("**/api/v1/journal?*", _two_a_page)
        await page.get_by_test_id("nav-journal").click()
        second, third = await _older(page), await _older(page)
        assert len({second, third}) == 2
        await _shows(page, 3, third)
        await page.reload()
        await _shows(page, 3, third)
        await page.go_back()
        await _shows(page, 2, second)
        await page.reload()
        await _shows(page, 2, second)
        await page.go_back()
        await expect(page.get_by_test_id("journal-page")).to_have_text("Page 1")
        await expect(page.get_by_test_id("journal-newest")).to_have_count(0)
        await expect(page.get_by_test_id("journal-entry").first).not_to_have_attribute(
            "title", re.compile(second)
        )
        await page.go_forward()
        await _shows(page, 2, second)
        other = await context.new_page()
        await other.goto(page.url)
        await _shows(other, 2, second)


async def _two_a_page(route: Route) -> None:
    """The journal's own pages, shorter: a system that has just begun fills no long one."""
    url = route.request.url
    assert "limit=50" in url
    await route.continue_(url=url.replace("limit=50", "limit=2"))


async def _older(page: Page) -> str:
    """Turns the page of the journal. What names the first entry of the next one."""
    async with page.expect_response(lambda answer: "cursor=" in answer.url) as told:
        await page.get_by_test_id("journal-older").click()
    entries = (await (await told.value).json())["items"]
    assert len(entries) == 2
    return str(entries[0]["hash"])


async def _shows(page: Page, number: int, first: str) -> None:
    await expect(page.get_by_test_id("journal-page")).to_have_text(f"Page {number}")
    await expect(page.get_by_test_id("journal-entry").first).to_have_attribute("title", re.compile(first))


async def _keeps_a_draft(page: Page) -> None:
    form, name = page.get_by_test_id("person-form"), page.get_by_test_id("person-name")
    await page.get_by_test_id("person-new").click()
    await name.fill("Une saisie")
    await asks_before_it_closes(page, name)
    await page.go_back()
    await expect(page.get_by_test_id("confirm-no")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("confirm")).to_have_count(0)
    await expect(name).to_have_value("Une saisie")
    await form.get_by_test_id("person-form-close").click()
    assert await violations(page) == []
    await page.get_by_test_id("confirm-yes").click()
    await expect(form).to_have_count(0)
    await expect(page.get_by_test_id("person-new")).to_be_focused()


async def test_a_token_that_is_shown_once_is_not_thrown_away_unasked(
    whole: WholeSystem, browser: Browser
) -> None:
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "admin")
        await page.get_by_test_id("nav-communes").click()
        await page.get_by_test_id("workers-59346").click()
        await page.get_by_test_id("worker-name").fill("Baie de la mairie")
        await page.get_by_test_id("worker-create").click()
        token = page.get_by_test_id("worker-token")
        await expect(token).not_to_be_empty()
        await expect(page.get_by_test_id("worker-name")).to_have_value("")
        await asks_before_it_closes(page, token)
        await page.go_back()
        await expect(page.get_by_test_id("confirm")).to_contain_text("jeton")
        await page.get_by_test_id("confirm-no").click()
        await expect(token).not_to_be_empty()
        await page.get_by_role("button", name="Baie de la mairie").click()
        await page.get_by_test_id("workers-close").click()
        await page.get_by_test_id("confirm-yes").click()
        await expect(page.get_by_test_id("workers")).to_have_count(0)


async def test_the_motive_is_asked_once_for_all_tabs_and_a_lost_server_is_told_over_a_full_screen(
    whole: WholeSystem, browser: Browser
) -> None:
    camera = await _camera(whole)
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "operatrice")
        await open_wall(page, [camera], 1)
        other = await context.new_page()
        await other.goto(f"{whole.url}/#/wall")
        await expect(other.get_by_test_id("live-tile")).to_have_count(1)
        await expect(other.get_by_test_id("motive-dialog")).to_have_count(0)
        await other.get_by_test_id("wall-fill").click()
        await expect(other.get_by_test_id("sign-out")).to_be_hidden()
        await other.route("**/api/v1/cameras*", lambda route: route.abort())
        await expect(other.get_by_test_id("freshness").locator("span")).to_be_visible()
        await other.keyboard.press("Escape")
        await other.get_by_test_id("sign-out").click()
        await expect(other.get_by_test_id("sign-in")).to_be_visible()
        left = await other.evaluate("Object.keys(localStorage).filter(key => key.includes('motive'))")
        assert left == []
        # The other tab learns of it at its next question.
        await expect(page.get_by_test_id("sign-in")).to_be_visible(timeout=10_000)
