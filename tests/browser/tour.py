"""Every view of the page and every dialog of it, for the tests that hold of all of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.story import MOTIVE
from tests.support.whole import ROOT

VIEWS = {
    "operatrice": ("wall", "cameras", "holds"),
    "juriste": (
        *("cameras", "playback", "requisitions", "exports", "holds", "transmissions"),
        *("destructions", "access"),
    ),
    "commune": ("cameras", "viewers", "adminCameras", "transmissions", "destructions", "journal"),
    "admin": ("cameras", "viewers", "adminCameras", "communes", "people", "journal", "storage"),
}
"""Who sees what; the first is the view a person lands on."""

DIALOGS = {
    "wall": (("wall-motive-change", "motive-dialog"), ("choose-", "choose-camera")),
    "cameras": (("help-open", "help"),),
    "exports": (("export-download", "download-dialog"),),
    "juriste:holds": (("hold-release", "confirm"), ("hold-review", "hold-act")),
    "requisitions": (
        ("requisition-approve", "requisition-act"),
        ("requisition-edit", "requisition-edit-dialog"),
    ),
    "access": (("access-answer", "access-dialog"),),
    "adminCameras": (
        ("camera-new", "camera-form"),
        ("camera-edit-", "camera-form"),
        ("camera-remove-", "confirm"),
    ),
    "communes": (
        ("commune-new", "commune-form"),
        ("commune-edit-", "commune-form"),
        ("workers-", "workers"),
        ("commune-remove-", "confirm"),
    ),
    "people": (("person-new", "person-form"), ("person-edit-", "person-form"), ("person-remove-", "confirm")),
}
"""For each view, or one of one person's, what opens a dialog (how its test id begins), and the dialog."""

_TYPED = "input:enabled:is([type=text], :not([type])), textarea:enabled"
"""Fields for words: a dialog with any other has one of these too. A search is no draft."""
_DRAFT = "Saisi"
"""As long as the shortest field, the code of a commune, lets it be."""
_AXE = ROOT / "control_room" / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RUN_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}`))"""
_TOO_WIDE = """() => {
  const main = document.querySelector('main'), dialog = document.querySelector('dialog[open]');
  const out = [];
  if (document.documentElement.scrollWidth > innerWidth) out.push('page');
  if (main.scrollWidth > main.clientWidth) out.push('main');
  if (dialog && dialog.scrollWidth > dialog.clientWidth) out.push('dialog');
  const end = document.querySelector('[data-testid=sign-out]').getBoundingClientRect();
  if (end.right > innerWidth || end.left < 0 || end.top < 0 || end.bottom > innerHeight) out.push('sign-out');
  return out;
}"""


_NO_FULL_SCREEN = "() => { Element.prototype.requestFullscreen = () => Promise.reject(Error('no')); }"
_OUT_OF_REACH = """() => {
  const root = [...document.querySelectorAll('dialog[open]')].at(-1) || document;
  const before = document.activeElement;
  if (before instanceof HTMLElement) before.blur();
  const kinds = 'button, a[href], input, select, textarea, summary, [role=slider], [tabindex="0"]';
  const shown = [...root.querySelectorAll(kinds)]
    .filter(one => !one.disabled && one.checkVisibility({visibilityProperty: true}));
  const wrong = shown.filter(one => {
    one.focus({focusVisible: true});
    const {outlineStyle, outlineWidth} = getComputedStyle(one);
    const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    return one.tabIndex < 0 || document.activeElement !== one || !seen;
  });
  if (before instanceof HTMLElement) before.focus();
  return wrong.map(one => `not by the keyboard, or not seen: ${one.outerHTML.slice(0, 120)}`);
}"""


@dataclass(frozen=True, slots=True)
class Stop:
    """What is open: a view of a person's, or a dialog over it; and what was done there."""

    login: str
    view: str
    dialog: str = ""
    after: str = ""


async def _with_pictures(page: Page) -> AsyncIterator[str]:
    # A window that is full screen takes no other size; refused, the wall fills it all the same.
    await page.evaluate(_NO_FULL_SCREEN)
    await page.get_by_test_id("wall-size-4").click()
    await page.locator("[data-testid^=pick-]").first.click()
    tile = page.get_by_test_id("live-tile")
    await expect(tile).to_have_attribute("data-shown", "live", timeout=20_000)
    await page.get_by_test_id("wall-figures").click()
    await expect(page.get_by_test_id("tile-figures")).to_be_visible()
    yield "a live tile and its figures"
    for opener, what in (("wall-fill", "the wall filled"), ("full-1", "one tile filled")):
        await page.get_by_test_id(opener).click()
        await expect(page.get_by_test_id("sign-out")).to_be_hidden()
        yield what
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("sign-out")).to_be_visible()
    await page.route("**/*", _asks_only)
    await page.evaluate("window.peers.forEach(peer => peer.close())")
    await expect(tile).to_have_attribute("data-shown", "stale", timeout=20_000)
    yield "a stale tile"
    await page.unroute("**/*")


async def _asks_only(route: Route) -> None:
    """Lets through what changes nothing: no session of a wall is opened anew."""
    if route.request.method == "GET":
        await route.continue_()
    else:
        await route.abort()


async def _with_a_token(page: Page) -> AsyncIterator[str]:
    await page.locator("[data-testid^=workers-]").first.click()
    await page.get_by_test_id("worker-name").fill("Baie de la visite")
    await page.get_by_test_id("worker-create").click()
    await expect(page.get_by_test_id("worker-token")).not_to_be_empty()
    yield "a worker's token shown"
    await page.get_by_role("button", name="Baie de la visite").click()
    await page.get_by_test_id("workers-close").click()
    await page.get_by_test_id("confirm-yes").click()


async def _with_a_field_at_fault(page: Page) -> AsyncIterator[str]:
    await page.locator("[data-testid^=camera-edit-]").first.click()
    await page.get_by_test_id("camera-sub-address").fill("http://127.0.0.1/")
    await page.get_by_test_id("camera-save").click()
    await expect(page.get_by_test_id("field-error")).to_be_visible()
    yield "a form with a field at fault"
    await page.get_by_test_id("camera-form-close").click()
    await page.get_by_test_id("confirm-yes").click()


async def _with_a_check(page: Page) -> AsyncIterator[str]:
    verify = page.get_by_test_id("journal-verify")
    if await verify.count():
        await verify.click()
        await expect(page.get_by_test_id("journal-verified")).to_be_visible()
    await page.get_by_test_id("journal-from").fill("2026-01-02T10:00")
    await page.get_by_test_id("journal-to").fill("2026-01-02T09:00")
    await expect(page.get_by_test_id("field-error")).to_be_visible()
    yield "the check's answer, and a reversed range"


async def _with_the_proof_s_form(page: Page) -> AsyncIterator[str]:
    link = page.get_by_test_id("to-proof")
    if await link.count():
        await link.click()
        await expect(page.get_by_test_id("view-proof")).to_be_visible()
        yield "the form for a proof"


_DEEDS: dict[str, Callable[[Page], AsyncIterator[str]]] = {
    "wall": _with_pictures,
    "communes": _with_a_token,
    "adminCameras": _with_a_field_at_fault,
    "journal": _with_a_check,
    "destructions": _with_the_proof_s_form,
}
"""For each view what is done there last, each time something new is shown by it."""


async def tour(page: Page, login: str) -> AsyncIterator[Stop]:
    """Opens one after another all that this person can open. The page is theirs, just signed in."""
    for view in VIEWS[login]:
        await page.evaluate("view => { location.hash = '#/' + view; }", view)
        await expect(page.locator(f"main[data-view={view}] [data-testid^=view-]")).to_be_visible()
        if await page.get_by_test_id("motive-dialog").count():
            yield Stop(login, view, "motive-dialog")
            if not await page.get_by_test_id("motive-dialog").count():
                await page.get_by_test_id("wall-motive-change").click()
            await page.get_by_test_id("motive").fill(MOTIVE)
            await page.get_by_test_id("motive-submit").click()
        yield Stop(login, view)
        for opener, dialog in (*DIALOGS.get(view, ()), *DIALOGS.get(f"{login}:{view}", ())):
            button = page.locator(f"[data-testid^={opener}]").first
            await button.click()
            await expect(page.get_by_test_id(dialog)).to_be_visible()
            yield Stop(login, view, dialog)
            await page.keyboard.press("Escape")
            await expect(page.get_by_test_id(dialog)).to_have_count(0)
            await expect(button).to_be_focused()
        if view in _DEEDS:
            async for after in _DEEDS[view](page):
                yield Stop(login, view, after=after)


async def keeps_a_draft(page: Page, dialog: str) -> None:
    """What is typed in this dialog is thrown away only once that is said. One with fields is closed then."""
    typed = page.get_by_test_id(dialog).locator(_TYPED).first
    if not await typed.count():
        return
    await typed.fill(_DRAFT)
    await asks_before_it_closes(page, typed)
    await expect(typed).to_have_value(_DRAFT)
    await page.keyboard.press("Escape")
    await page.get_by_test_id("confirm-yes").click()
    await expect(page.get_by_test_id(dialog)).to_have_count(0)


async def asks_before_it_closes(page: Page, kept: Locator) -> None:
    """Escape closes the question alone, where the answer is no."""
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("confirm-no")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("confirm")).to_have_count(0)
    await expect(kept).to_be_visible()


async def violations(page: Page) -> list[str]:
    """What axe finds wrong with what is shown."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_AXE.read_text())
    found: list[str] = await page.evaluate(_RUN_AXE)
    return found


async def out_of_reach(page: Page) -> list[str]:
    """What the keyboard does not reach, or where the focus would not be seen."""
    found: list[str] = await page.evaluate(_OUT_OF_REACH)
    return found


async def too_wide(page: Page, width: int) -> list[str]:
    """Which parts do not fit a page so wide."""
    await page.set_viewport_size({"width": width, "height": 800})
    found: list[str] = await page.evaluate(_TOO_WIDE)
    return found
