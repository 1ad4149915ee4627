"""The register of destructions on the page: recorded, destroyed, listed, proven, checked offline."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from control_room.model.people import Role
from deploy.cli import main
from shared.evidence.ledger_news import LedgerUpdate
from shared.ids import StreamId
from shared.messages.codec import encode
from shared.spans import Span
from tests.browser.story import picture
from tests.browser.tour import out_of_reach, too_wide, violations
from tests.support.canned import DIST, ORIGIN
from tests.support.pictures import START_NS
from tests.unit.control_room.room import LILLE, RECORDER_TOKEN, Room, open_room
from tests.unit.storage.workshop import Workshop, units, workshop

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

ASKED = Span(START_NS, START_NS + 8_000_000_000)
AS_ADDRESS = "from=2025-11-21T04:40:00Z&to=2025-11-21T04:40:08Z"
DAY_S = 86_400


@asynccontextmanager
async def at_the_page(browser: Browser, person: httpx.AsyncClient) -> AsyncIterator[Page]:
    """The built page over a control room without sockets, for somebody who is signed in."""

    async def take(route: Route) -> None:
        asked = urlsplit(route.request.url)
        if not asked.path.startswith("/api/v1/"):
            await route.fulfill(path=DIST / ("index.html" if asked.path == "/" else asked.path.lstrip("/")))
            return
        answer = await person.request(
            route.request.method,
            f"{asked.path.removeprefix('/api/v1')}?{asked.query}",
            content=route.request.post_data_buffer,
            headers={"content-type": "application/json"},
        )
        kind = answer.headers.get("content-type", "application/json")
        await route.fulfill(status=answer.status_code, body=answer.content, content_type=kind)

    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    await context.route("**/*", take)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def told(shop: Workshop, room: Room) -> None:
    """Sign what is new and let the control room hear all heads there are."""
    await shop.ledger.seal()
    await shop.ledger.tell()
    for update in [one for kept in shop.witness.kept.values() for one in kept]:
        assert (await heard(room, update)).status_code == 200


async def heard(room: Room, update: LedgerUpdate) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return await room.machine(RECORDER_TOKEN).put("/recorder/ledger", content=encode(update), headers=headers)


async def proven(shop: Workshop, room: Room, stream: StreamId) -> None:
    """What storage answers now to who asks for the proof."""
    room.storage.proof = (await shop.archive.proofs.destruction(stream, ASKED)).written()


async def found(page: Page, motive: str) -> str:
    """What the page says once it was asked for the proof that its address is about."""
    await page.get_by_test_id("motive").fill(motive)
    await page.get_by_test_id("motive").press("Enter")
    answer = page.get_by_test_id("proof-answer")
    await expect(answer).to_be_visible()
    return await answer.get_attribute("data-found") or ""


async def downloaded(page: Page, button: str, target: Path) -> Path:
    async with page.expect_download() as started:
        await page.get_by_test_id(button).click()
    await (await started.value).save_as(target)
    return target


async def wrong_with(page: Page) -> list[object]:
    """What is wrong with the page on a phone, on a desk, for the keyboard and for axe."""
    faults: list[object] = []
    for width in (320, 390, 701, 1440):
        faults += [(width, part) for part in await too_wide(page, width)]
        faults += [(width, fault) for fault in await violations(page)]
    return faults + list(await out_of_reach(page))


async def asked_by_a_person(legal: httpx.AsyncClient, stream: StreamId) -> str:
    """The path of an access request for these images."""
    asking = {"person": "J. Petit", "contact": "Lille", "identity": "carte vue", "cameras": [stream.camera]}
    span = dict(part.split("=") for part in AS_ADDRESS.split("&"))
    answer = await legal.post(
        "/access-requests", json={**asking, **span, "received_at": "2026-11-21T09:00:00Z"}
    )
    assert answer.status_code == 201, answer.text
    return f"/access-requests/{answer.json()['id']}"


async def said_gone(legal: httpx.AsyncClient, request: str) -> tuple[int, str]:
    """What becomes of the word that the images are destroyed, and how the request stands then."""
    answer = await legal.post(f"{request}/end", json={"status": "destroyed", "motive": "délai atteint"})
    return answer.status_code, (await legal.get(request)).json()["status"]


async def test_what_was_destroyed_is_in_the_register_and_its_proof_says_so_on_the_page_and_offline(
    tmp_path: Path, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "shop").mkdir()
    async with open_room(tmp_path / "room") as room, workshop(tmp_path / "shop") as shop:
        admin = await room.signed_in(Role.ADMIN)
        stream = StreamId(LILLE, await room.camera(admin))
        legal = await room.signed_in(Role.LEGAL, LILLE)
        await shop.ledger.start()
        await shop.record_all(units(200, stream=stream), days=1)
        await shop.clock.advance(3 * 3600)
        await told(shop, room)
        await proven(shop, room, stream)
        async with at_the_page(browser, legal) as page:
            await page.goto(f"{ORIGIN}/#/cameras")
            await page.get_by_test_id(f"destructions-{stream.camera}").click()
            await expect(page.get_by_test_id("destructions-empty")).to_be_visible()
            await page.goto(f"{ORIGIN}/#/destructions/proof?camera={stream.camera}&{AS_ADDRESS}")
            assert await found(page, "demande d'accès 2026-44") == "still-present"
            request = await asked_by_a_person(legal, stream)
            assert await said_gone(legal, request) == (409, "open")

            await shop.clock.advance(2 * DAY_S)
            await shop.retention.run_once()
            assert shop.objects() == []
            await told(shop, room)
            await proven(shop, room, stream)
            assert await found(page, "demande d'accès 2026-44, suite") == "gone"
            assert await said_gone(legal, request) == (200, "destroyed")
            assert await wrong_with(page) == []
            await picture(page, "proof-of-destruction", tmp_path)
            proof = await downloaded(page, "proof-download", tmp_path / "destruction.json")
            key = await downloaded(page, "proof-key", tmp_path / "key.pem")

            await page.get_by_test_id("to-register").click()
            line = page.locator(f"[data-testid^=destroyed-{stream.camera}]")
            await expect(line).to_contain_text("Délai atteint")
            digest = await page.get_by_test_id("register-head-digest").text_content()
            assert await wrong_with(page) == []
            await page.set_viewport_size({"width": 1440, "height": 900})
            await picture(page, "destructions", tmp_path)
            await page.get_by_test_id("destructions-to").fill("2025-11-20")
            await expect(page.get_by_test_id("destructions-empty")).to_be_visible()
            await page.reload()
            await expect(page.get_by_test_id("destructions-to")).to_have_value("2025-11-20")
            await expect(page.get_by_test_id("destructions-empty")).to_be_visible()
        motives = {entry["motive"] for entry in await room.journal(admin, camera=stream.camera)}
    assert motives >= {"demande d'accès 2026-44", "demande d'accès 2026-44, suite"}
    capsys.readouterr()
    assert main(["verify", "destruction", str(proof), "--key", str(key)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("gone: ")
    assert f"by the head {digest}" in said


async def test_who_may_read_the_register_but_hand_out_no_proof_is_offered_none_and_sees_refused_heads(
    tmp_path: Path, browser: Browser
) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "shop").mkdir()
    async with open_room(tmp_path / "room") as room, workshop(tmp_path / "shop") as shop:
        admin = await room.signed_in(Role.ADMIN)
        stream = StreamId(LILLE, await room.camera(admin))
        await shop.ledger.start()
        await shop.record_all(units(200, stream=stream))
        await shop.ledger.seal()
        await shop.ledger.tell()
        update = next(iter(shop.witness.kept.values()))[0]
        assert (await heard(room, replace(update, news=()))).status_code == 409
        async with at_the_page(browser, await room.signed_in(Role.COMMUNE, LILLE)) as page:
            await page.goto(f"{ORIGIN}/#/cameras")
            await expect(page.get_by_test_id(f"destructions-{stream.camera}")).to_be_visible()
            await expect(page.get_by_test_id(f"proof-{stream.camera}")).to_have_count(0)
            await page.goto(f"{ORIGIN}/#/destructions/proof?camera={stream.camera}")
            await expect(page.get_by_test_id("view-destructions")).to_be_visible()
            await expect(page.get_by_test_id("to-proof")).to_have_count(0)
            await expect(page.get_by_test_id("refused-head")).to_have_count(1)
            await expect(page.get_by_test_id("register-head")).to_have_attribute("data-number", "0")
            assert await wrong_with(page) == []
            await page.set_viewport_size({"width": 1440, "height": 900})
            await picture(page, "refused-head", tmp_path)
