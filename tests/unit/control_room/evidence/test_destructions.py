"""The register of destructions, for reading, and the proofs out of it."""

from datetime import datetime

import httpx

from control_room.model.ledger import Destructions
from control_room.model.people import Role
from shared.evidence.gone import Question, ask
from shared.evidence.ledger import SignedHead
from shared.spans import Span
from shared.utc import ns_of
from tests.unit.control_room.ledgers import BEGUN, KEY, as_json, first_head, proof_of, tell
from tests.unit.control_room.room import LILLE, NOON_NS, RANGE, RECORDER_TOKEN, ROUBAIX, Room


def line(room: Room, commune: str, camera: str, day: str, segments: int = 60) -> Destructions:
    now = room.rooms.access.now()
    return Destructions(
        commune, camera, "main", day, "deadline", segments, 1000, now, now, first_at=now, last_at=now
    )


async def filled(room: Room) -> None:
    async with room.db.write() as tx:
        for day in ("20261019", "20261020", "20261021"):
            for commune, camera in ((LILLE, "cam-a"), (LILLE, "cam-b"), (ROUBAIX, "cam-c")):
                await tx.destructions.add(line(room, commune, camera, day))


async def listed(client: httpx.AsyncClient, **query: str) -> list[tuple[str, str]]:
    answer = await client.get("/destructions", params=query)
    assert answer.status_code == 200, answer.text
    return [(item["camera"], item["day"]) for item in answer.json()["items"]]


async def test_lines_are_those_of_the_reader_s_communes_and_of_what_is_asked(room: Room) -> None:
    await filled(room)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    assert len(await listed(legal)) == 6
    assert await listed(legal, camera="cam-a", **{"from": "2026-10-20"}) == [
        ("cam-a", "2026-10-21"),
        ("cam-a", "2026-10-20"),
    ]
    assert await listed(legal, camera="cam-a", to="2026-10-19") == [("cam-a", "2026-10-19")]
    assert await listed(legal, camera="cam-c") == []
    assert (await legal.get("/destructions", params={"commune": ROUBAIX})).status_code == 403
    both = await room.signed_in(Role.COMMUNE, LILLE, ROUBAIX)
    assert {camera for camera, _ in await listed(both, commune=ROUBAIX)} == {"cam-c"}


async def test_pages_of_lines_neither_repeat_nor_leave_out_any(room: Room) -> None:
    await filled(room)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    seen: list[tuple[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (
            await legal.get(
                "/destructions", params={"limit": 4, "cursor": cursor} if cursor else {"limit": 4}
            )
        ).json()
        seen += [(item["camera"], item["day"]) for item in page["items"]]
        cursor = page["next"]
    assert seen == await listed(legal)


async def test_more_of_a_day_adds_to_its_line(room: Room) -> None:
    async with room.db.write() as tx:
        await tx.destructions.add(line(room, LILLE, "cam-a", "20261019", 60))
        await tx.destructions.add(line(room, LILLE, "cam-a", "20261019", 5))
    legal = await room.signed_in(Role.LEGAL, LILLE)
    items = (await legal.get("/destructions")).json()["items"]
    assert [(item["segments"], item["bytes"]) for item in items] == [(65, 2000)]


async def test_a_proof_is_handed_out_with_a_motive_that_the_journal_has(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    await tell(room, BEGUN)
    room.storage.proof = proof_of(BEGUN)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post(
        f"/cameras/{camera}/destruction-proof", json={**RANGE, "motive": "access request 44"}
    )
    assert (answer.status_code, answer.content) == (200, room.storage.proof)
    newest = (await room.journal(admin, camera=camera))[0]
    assert (newest["action"], newest["outcome"], newest["motive"]) == (
        "prove-destruction",
        "granted",
        "access request 44",
    )


async def test_a_proof_on_a_head_that_was_never_told_is_not_handed_out(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    room.storage.proof = proof_of(first_head("cd" * 16))
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post(f"/cameras/{camera}/destruction-proof", json={**RANGE, "motive": "request"})
    assert (answer.status_code, answer.json()["why"]["code"]) == (409, "ledger-not-kept")


async def test_how_the_register_stands_is_its_newest_head_and_the_heads_that_were_refused(room: Room) -> None:
    legal = await room.signed_in(Role.LEGAL, LILLE)
    before = (await legal.get("/destructions/standing")).json()
    assert (before["newest"], before["refused"]) == (None, [])
    await tell(room, BEGUN)
    rewritten = first_head(at_ns=NOON_NS + 1)
    answer = await room.machine(RECORDER_TOKEN).put("/recorder/ledger", json=as_json(rewritten))
    assert answer.status_code == 409
    told = (await legal.get("/destructions/standing")).json()
    digest = SignedHead(BEGUN.document, BEGUN.signature).digest
    newest = told["newest"]
    assert (newest["number"], newest["digest"], newest["fingerprint"]) == (1, digest, KEY.public.fingerprint)
    assert newest["at"] == "2026-11-21T12:00:00.000Z"
    refused = [(one["digest"], one["why"]["code"]) for one in told["refused"]]
    assert refused == [(SignedHead(rewritten.document, rewritten.signature).digest, "ledger-rewritten")]


async def test_what_people_were_refused_is_no_refused_head(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    body = {**RANGE, "motive": "curious"}
    assert (await operator.post(f"/cameras/{camera}/destruction-answer", json=body)).status_code == 403
    legal = await room.signed_in(Role.LEGAL, LILLE)
    assert (await legal.get("/destructions/standing")).json()["refused"] == []


async def test_an_answer_is_that_of_the_verifier_and_journaled_once(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    await tell(room, BEGUN)
    stream = f"{LILLE}/{camera}/main"
    room.storage.proof = proof_of(BEGUN, stream)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post(f"/cameras/{camera}/destruction-answer", json={**RANGE, "motive": "request 45"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    question = Question(stream, Span(*(ns_of(datetime.fromisoformat(RANGE[end])) for end in ("from", "to"))))
    found = ask(told["proof"].encode(), told["public_key"].encode(), question)
    assert (told["found"], told["detail"], told["head"]) == (found.found.value, found.detail, found.head)
    assert [(one["from"], one["to"], one["fate"]) for one in told["parts"]] == [
        ("2026-11-20T21:00:00.000Z", "2026-11-20T21:15:00.500Z", "unknown")
    ]
    assert (told["totals"], told["parts_total"]) == ([{"fate": "unknown", "seconds": 900.5}], 1)
    assert (told["proven"], told["fingerprint"]) == (False, KEY.public.fingerprint)
    entries = await room.journal(admin, camera=camera)
    assert [one["motive"] for one in entries if one["action"] == "prove-destruction"] == ["request 45"]


async def test_an_answer_of_another_camera_s_proof_says_so(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    await tell(room, BEGUN)
    room.storage.proof = proof_of(BEGUN)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post(f"/cameras/{camera}/destruction-answer", json={**RANGE, "motive": "request"})
    assert (answer.json()["found"], answer.json()["parts"], answer.json()["at"]) == ("other-camera", [], None)
