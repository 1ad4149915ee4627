"""The register between the real storage and the real control_room: followed, kept, and never rewritten."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from control_room.http import shield
from control_room.model.people import Role
from shared.errors import Conflict
from shared.evidence.ledger import Capture, Destroyed, Ground, Head, SignedHead
from shared.evidence.ledger_news import CameraDayNews, LedgerUpdate
from shared.ids import StreamId
from shared.messages.codec import encode
from storage.index.ledger import MOST_ENTRIES
from storage.model.segment import object_key
from tests.contract.registered import DAY_NS, FIRST_NS, MINUTE_NS, Registered, registered
from tests.unit.control_room import conftest as rooms
from tests.unit.control_room.room import LILLE, Room, open_room

CAMERA = StreamId(LILLE, "cam-a")
OTHER = StreamId(LILLE, "cam-b")
START_NS = FIRST_NS + 3_600_000_000_000


template, room, admin = rooms.template, rooms.room, rooms.admin


@pytest.fixture
async def storage(tmp_path: Path, room: Room) -> AsyncIterator[Registered]:
    async with registered(tmp_path / "storage", room) as made:
        yield made


async def a_day(storage: Registered) -> list[str]:
    """Five minutes of two cameras, told, then a month later destroyed but for one of the other camera."""
    keys = [
        await storage.capture(stream, START_NS + number * MINUTE_NS, number)
        for number in range(5)
        for stream in (CAMERA, OTHER)
    ]
    await storage.clock.advance(4 * 3600)
    await storage.told()
    await storage.clock.advance(31 * 86_400)
    await storage.destroy(*keys[:9])
    await storage.told()
    return keys


async def test_control_room_keeps_what_storage_signs_and_lists_what_was_destroyed(
    room: Room, storage: Registered
) -> None:
    await a_day(storage)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    lines = (await legal.get("/destructions")).json()["items"]
    assert [(line["camera"], line["segments"], line["day"], line["ground"]) for line in lines] == [
        ("cam-b", 4, "2025-11-08", "deadline"),
        ("cam-a", 5, "2025-11-08", "deadline"),
    ]
    assert lines[1]["from"] == "2025-11-08T09:00:00.000Z"
    assert lines[1]["to"] == "2025-11-08T09:05:00.000Z"


async def test_the_journal_has_the_beginning_a_head_a_day_and_each_day_that_is_gone(
    room: Room, admin: httpx.AsyncClient, storage: Registered
) -> None:
    await a_day(storage)
    await storage.told()
    entries = [entry for entry in await room.journal(admin) if entry["action"] in ("destroy", "keep-ledger")]
    told = [(entry["action"], entry["camera"], code_of(entry)) for entry in entries]
    assert sorted(told) == [
        ("destroy", "cam-a", "footage-destroyed"),
        ("keep-ledger", "", "ledger-begun"),
        ("keep-ledger", "", "ledger-head"),
        ("keep-ledger", "", "ledger-head"),
    ]
    newest = await storage.update(2)
    digest = SignedHead(newest.document, newest.signature).digest
    assert any(digest in entry["detail"] for entry in entries)


def code_of(entry: dict[str, str]) -> object:
    reason: object = entry["why"]
    return reason["code"] if isinstance(reason, dict) else None


async def test_a_head_that_comes_again_counts_once_and_one_that_comes_early_is_asked_for_later(
    room: Room, storage: Registered
) -> None:
    for number in range(3):
        await storage.capture(CAMERA, START_NS + number * MINUTE_NS, number)
        await storage.ledger.seal()
    first, second, third = [await storage.update(number) for number in (1, 2, 3)]
    assert await storage.kept(second) == 0
    assert await storage.kept(first) == 1
    assert await storage.kept(third) == 1
    assert await storage.kept(first) == 1
    await storage.ledger.tell()
    assert await storage.kept(third) == 3


async def test_the_journal_has_each_day_of_a_camera_that_left_with_its_commune(
    room: Room, admin: httpx.AsyncClient, storage: Registered
) -> None:
    keys = [await storage.capture(CAMERA, START_NS + number * MINUTE_NS, number) for number in range(3)]
    await storage.clock.advance(4 * 3600)
    await storage.told()
    await storage.rows.depart(keys[:2], storage.clock.utc_ns())
    await storage.told()
    (entry,) = [one for one in await room.journal(admin) if one["action"] == "depart"]
    assert (entry["commune"], entry["camera"], entry["outcome"]) == (LILLE, "cam-a", "done")
    assert code_of(entry) == "footage-departed"
    assert entry["detail"].startswith("2 recordings of 2025-11-08")


async def test_a_control_room_that_was_restored_is_told_again_what_it_lost(
    tmp_path: Path, template: Path, room: Room, storage: Registered
) -> None:
    await a_day(storage)
    other = tmp_path / "restored"
    other.mkdir()
    async with open_room(other, template=template) as restored:
        await storage.told_to(restored)
        legal = await restored.signed_in(Role.LEGAL, LILLE)
        assert len((await legal.get("/destructions")).json()["items"]) == 2


def resigned(storage: Registered, update: LedgerUpdate, **changes: object) -> LedgerUpdate:
    """The update with another head, well signed: storage's own key turned against the register."""
    told = SignedHead(update.document, update.signature).read()
    head: Head = replace(told, **changes)  # type: ignore[arg-type]  # members of a head
    signed = head.signed(storage.key)
    return replace(update, document=signed.document, signature=signed.signature)


def drops_a_segment(one: CameraDayNews) -> CameraDayNews:
    return replace(one, captures=one.captures[:-1])


def alters_a_segment(one: CameraDayNews) -> CameraDayNews:
    return replace(one, captures=(replace(one.captures[0], sha256="f" * 64), *one.captures[1:]))


def moves_a_segment_to_another_day(one: CameraDayNews) -> CameraDayNews:
    first = one.captures[0]
    later = replace(first, start_ns=first.start_ns + DAY_NS, end_ns=first.end_ns + DAY_NS)
    return replace(one, captures=(later, *one.captures[1:]))


def begins_somewhere_else(one: CameraDayNews) -> CameraDayNews:
    return replace(one, captured=one.captured + 1)


@pytest.mark.parametrize(
    "lie", [drops_a_segment, alters_a_segment, moves_a_segment_to_another_day, begins_somewhere_else]
)
async def test_a_head_that_is_not_of_what_was_told_is_refused_and_journaled_once(
    room: Room,
    admin: httpx.AsyncClient,
    storage: Registered,
    lie: Callable[[CameraDayNews], CameraDayNews],
) -> None:
    for number in range(3):
        await storage.capture(CAMERA, START_NS + number * MINUTE_NS, number)
    await storage.ledger.seal()
    update = await storage.update(1)
    forged = replace(update, news=tuple(lie(one) for one in update.news))
    for _ in range(2):
        assert (await storage.send(forged)).status_code == 409
    refused = [one for one in await room.journal(admin) if one["outcome"] == "refused"]
    assert [one["action"] for one in refused] == ["keep-ledger"]
    assert await storage.kept(update) == 1


@pytest.mark.parametrize(
    "changes",
    [{"root": "1" * 64}, {"previous": "1" * 64}, {"days": 7}, {"began_ns": 1}],
    ids=["root", "previous", "days", "beginning"],
)
async def test_storage_cannot_sign_itself_another_past(
    room: Room, storage: Registered, changes: dict[str, object]
) -> None:
    await storage.capture(CAMERA, START_NS)
    await storage.told()
    await storage.capture(CAMERA, START_NS + MINUTE_NS, 1)
    await storage.ledger.seal()
    update = await storage.update(2)
    assert (await storage.send(resigned(storage, update, **changes))).status_code == 409
    assert await storage.kept(update) == 2


async def test_a_kept_head_is_not_replaced_by_another_of_its_number(room: Room, storage: Registered) -> None:
    await storage.capture(CAMERA, START_NS)
    await storage.told()
    again = resigned(storage, await storage.update(1), root="1" * 64)
    assert (await storage.send(again)).status_code == 409


async def test_what_is_told_destroyed_was_captured(room: Room, storage: Registered) -> None:
    key = await storage.capture(CAMERA, START_NS)
    await storage.destroy(key)
    await storage.ledger.seal()
    update = await storage.update(1)
    ends = tuple(replace(end, number=5) for end in update.news[0].ends)
    forged = replace(update, news=(replace(update.news[0], ends=ends),))
    assert (await storage.send(forged)).status_code == 409


async def test_a_head_without_its_signature_or_of_another_key_is_refused(
    tmp_path: Path, room: Room, storage: Registered
) -> None:
    await storage.capture(CAMERA, START_NS)
    await storage.ledger.seal()
    update = await storage.update(1)
    assert (await storage.send(replace(update, signature="0" * 128))).status_code == 400
    assert await storage.kept(update) == 1
    await storage.capture(CAMERA, START_NS + MINUTE_NS, 1)
    await storage.ledger.seal()
    second = await storage.update(2)
    async with registered(tmp_path / "thief", room) as thief:
        forged = resigned(thief, second, fingerprint=thief.key.public.fingerprint)
        forged = replace(forged, public_key=thief.key.public.pem().decode())
        assert (await storage.send(forged)).status_code == 409


async def test_storage_says_so_where_control_room_has_newer_heads(
    tmp_path: Path, room: Room, storage: Registered
) -> None:
    await storage.capture(CAMERA, START_NS)
    await storage.told()
    await storage.capture(CAMERA, START_NS + MINUTE_NS, 1)
    await storage.ledger.seal()
    assert await storage.kept(await storage.update(2)) == 2
    async with storage.database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM heads WHERE number = 2")
        first = await storage.update(1)
        await connection.exec_driver_sql(
            "INSERT INTO heads VALUES (1, ?, ?, ?)", (first.document, first.signature, b"")
        )
    with pytest.raises(Conflict, match="newer"):
        await storage.ledger.tell()


async def test_heads_are_shown_as_they_were_kept_the_newest_first(room: Room, storage: Registered) -> None:
    for number in range(3):
        await storage.capture(CAMERA, START_NS + number * MINUTE_NS, number)
        await storage.told()
    commune = await room.signed_in(Role.COMMUNE, LILLE)
    first = (await commune.get("/destructions/heads", params={"limit": 2})).json()
    rest = (await commune.get("/destructions/heads", params={"cursor": first["next"]})).json()
    shown = [*first["items"], *rest["items"]]
    assert ([one["number"] for one in shown], rest["next"]) == ([3, 2, 1], None)
    for one in shown:
        told = await storage.update(one["number"])
        assert (one["document"], one["signature"]) == (told.document, told.signature)
        assert SignedHead(one["document"], one["signature"]).digest == one["digest"]
    nothing = (await commune.get("/destructions/heads", params={"ledger": "another"})).json()
    assert nothing["items"] == []


def test_the_largest_update_fits_the_largest_body_that_control_room_reads() -> None:
    stream = f"{LILLE}/{'c' * 40}/main"
    key = object_key(StreamId.parse(stream), START_NS, 1 << 60, "abcdef")
    one = Capture(key, START_NS, START_NS + MINUTE_NS, 1 << 40, "f" * 64)
    end = Destroyed(10**6, "f" * 64, START_NS, START_NS, 1 << 40, START_NS, Ground.DEADLINE)
    for captures, ends in (((one,) * MOST_ENTRIES, ()), ((), (end,) * MOST_ENTRIES)):
        news = [CameraDayNews(stream, "20251108", 10**6, 10**6, (), ()) for _ in range(MOST_ENTRIES)]
        news[0] = replace(news[0], captures=captures, ends=ends)
        body = encode(LedgerUpdate("d" * 1000, "f" * 128, "k" * 200, tuple(news)))
        assert len(body) < shield._MAX_BODY
