"""People, for the administrator to read."""

import httpx

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, Room


async def test_everybody_is_listed_once_by_login_page_by_page(room: Room, admin: httpx.AsyncClient) -> None:
    for login in ("zoe", "ada", "mia"):
        await room.person(Role.OPERATOR, [LILLE], login)
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": "1"} | ({} if cursor is None else {"cursor": cursor})
        page = (await admin.get("/people", params=query)).json()
        seen += [person["login"] for person in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert [login for login in seen if not login.startswith("admin")] == ["ada", "mia", "zoe"]
    assert seen == sorted(seen)


async def test_a_person_is_shown_with_role_and_communes_and_nothing_secret(
    room: Room, admin: httpx.AsyncClient
) -> None:
    person = await room.person(Role.LEGAL, [LILLE], "ada")
    assert (await admin.get(f"/people/{person.id}")).json() == {
        "id": person.id,
        "login": "ada",
        "name": "Ada",
        "kind": "legal",
        "communes": [LILLE],
        "enabled": True,
    }
