"""Who is told which rights hold, and when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import product

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from control_room.access.lessor import Lessor
from control_room.db.workers import MOST_KEYS
from control_room.model.people import Role
from control_room.model.territory import Authorisation, Camera
from control_room.territory.blocking import why_blocked
from shared.errors import Unavailable
from shared.leases import Leases, LeaseSigner
from shared.log import get_logger
from shared.messages.ingest import TAP_KEY_HEADER, CameraOpener, CameraTransport
from shared.tickets import Action
from tests.support.eventually import eventually
from tests.unit.control_room.room import LILLE, ROUBAIX, Room

DEAD, LIVING = "http://dead", "http://living"
OLD, NEW = "o" * 35 + "[#%@]", "n" * 40


class Told:
    """Services; one never answers in time."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.down = False

    async def give(self, url: str, token: str) -> None:
        if url == DEAD:
            await asyncio.get_running_loop().create_future()
        if self.down:
            raise Unavailable("it cannot be reached")
        self.tokens.append(token)


@asynccontextmanager
async def telling(room: Room) -> AsyncIterator[tuple[Lessor, Told, Leases]]:
    key, told = Ed25519PrivateKey.generate(), Told()
    places = [DEAD, LIVING]
    lessor = Lessor(room.db, LeaseSigner(key), told, room.clock, get_logger("test"), places, 1800)
    task = asyncio.create_task(lessor.run())
    try:
        yield lessor, told, Leases(key.public_key(), room.clock)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_end_of_a_right_is_told_at_once_and_no_dead_service_keeps_it_from_others(
    room: Room, admin: httpx.AsyncClient
) -> None:
    async with telling(room) as (lessor, told, leases):
        await eventually(lambda: told.tokens, what="the first lease")
        count = len(told.tokens)
        lessor.wake()
        await eventually(lambda: len(told.tokens) > count, within_s=0.8, what="a lease before its time")
        assert leases.take(told.tokens[-1])


async def test_a_credential_taken_back_ends_the_right_to_publish_until_there_is_another(
    room: Room, admin: httpx.AsyncClient
) -> None:
    async with telling(room) as (lessor, _, _):
        assert LILLE not in ((await lessor.lease()).publishers or ())
        first, _ = await room.worker(admin)
        second, _ = await room.worker(admin)
        await admin.delete(f"/communes/{LILLE}/workers/{first}")
        assert (await lessor.lease()).publishers == frozenset({LILLE})
        await admin.delete(f"/communes/{LILLE}/workers/{second}")
        assert (await lessor.lease()).publishers == frozenset()
        await room.worker(admin)
        assert (await lessor.lease()).publishers == frozenset({LILLE})


async def _tells(worker: httpx.AsyncClient, key: str) -> int:
    return (await worker.get("/worker/cameras", headers={TAP_KEY_HEADER: key})).status_code


async def test_a_tap_key_ends_with_the_last_credential_it_was_used_with(
    room: Room, admin: httpx.AsyncClient
) -> None:
    async with telling(room) as (lessor, _, _):
        stolen, thief = await room.worker(admin)
        _, new = await room.worker(admin)
        third, same = await room.worker(admin)
        assert [await _tells(thief, OLD), await _tells(new, NEW), await _tells(same, OLD)] == [200] * 3
        assert (await lessor.lease()).ended_keys == {}
        await admin.delete(f"/communes/{LILLE}/workers/{stolen}")
        assert (await lessor.lease()).ended_keys == {}, "another credential is used with it"
        await admin.delete(f"/communes/{LILLE}/workers/{third}")
        lease = await lessor.lease()
        assert (lease.publishers, lease.ended_keys) == (frozenset({LILLE}), {LILLE: frozenset({OLD})})
        assert await _tells(thief, OLD) == 401
        assert (await lessor.lease()).ended_keys == {LILLE: frozenset({OLD})}
        assert await _tells(new, OLD) == 200
        assert (await lessor.lease()).ended_keys == {}, "who has a credential may take a key up again"


async def test_a_credential_cannot_shed_the_keys_it_was_used_with(
    room: Room, admin: httpx.AsyncClient
) -> None:
    async with telling(room) as (lessor, _, _):
        stolen, thief = await room.worker(admin)
        await room.worker(admin)
        keys = [OLD, *(f"{number:040}" for number in range(2 * MOST_KEYS))]
        assert {await _tells(thief, key) for key in keys} == {200}
        await admin.delete(f"/communes/{LILLE}/workers/{stolen}")
        assert (await lessor.lease()).ended_keys == {LILLE: frozenset(keys[:MOST_KEYS])}


async def test_nobody_ends_the_key_of_another_commune(room: Room, admin: httpx.AsyncClient) -> None:
    async with telling(room) as (lessor, _, _):
        _, honest = await room.worker(admin)
        mine, thief = await room.worker(admin, ROUBAIX)
        await _tells(honest, OLD)
        await _tells(thief, OLD)
        await admin.delete(f"/communes/{ROUBAIX}/workers/{mine}")
        assert LILLE not in (await lessor.lease()).ended_keys


async def test_a_service_that_was_away_hears_all_with_the_next_lease(
    room: Room, admin: httpx.AsyncClient
) -> None:
    person = await room.person(Role.OPERATOR, [LILLE])
    browser = await room.sign_in(person.login)
    camera = await room.camera(admin)
    opened = (await browser.post(f"/cameras/{camera}/live", json={"motive": "a test of rights"})).json()
    ticket = room.verifier.verify(opened["ticket"], Action.LIVE, opened["stream"])
    async with telling(room) as (lessor, told, leases):
        told.down = True
        await room.clock.advance(1)
        await admin.delete(f"/people/{person.id}")
        lessor.wake()
        told.down = False
        await eventually(lambda: told.tokens, what="a lease")
        leases.take(told.tokens[0])
        assert leases.ended(ticket) is not None


async def test_a_ticket_says_when_it_was_given_and_when_its_session_ends(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    person = await room.person(Role.OPERATOR, [LILLE])
    operator = await room.sign_in(person.login)
    opened = (await operator.post(f"/cameras/{camera}/live", json={"motive": "a test of rights"})).json()
    ticket = room.verifier.verify(opened["ticket"], Action.LIVE, opened["stream"])
    session = (await operator.get("/session")).json()
    assert ticket.issued_ms == room.clock.utc_ns() // 10**6
    assert ticket.right_until_s == ticket.issued_ms // 1000 + room.rooms.identity.sessions.absolute_s
    assert session["session"] == ticket.session


async def test_a_lease_shows_the_very_cameras_that_nothing_blocks(room: Room) -> None:
    today = room.rooms.access.now().date()
    days = [today + timedelta(days=offset) for offset in range(-2, 3)]
    permits = [Authorisation("N1", granted, until, 10) for granted in days for until in days]
    cameras = [
        _camera(f"cam-{number}", enabled, permit)
        for number, (enabled, permit) in enumerate(product((True, False), (None, *permits)))
    ]
    async with room.db.write() as tx:
        for camera in cameras:
            await tx.cameras.add(camera)
    for day in days:
        at = datetime.combine(day, time(12), UTC)
        async with room.db.read() as tx:
            shown = set(await tx.cameras.shown(day))
        assert shown == {camera.stream.camera_path for camera in cameras if why_blocked(camera, at) is None}


def _camera(id: str, enabled: bool, permit: Authorisation | None) -> Camera:
    return Camera(
        id=id,
        commune=LILLE,
        name="",
        place="",
        lat=None,
        lon=None,
        recorded=True,
        enabled=enabled,
        authorisation=permit,
        address_host="10.1.4.20:554",
        has_credentials=False,
        has_sub=False,
        opener=CameraOpener.OWN,
        transport=CameraTransport.TCP,
        sealed=b"",
    )
