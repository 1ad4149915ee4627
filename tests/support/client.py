"""A person at the API of a running system, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import cast

import httpx
from httpx import codes

from tests.support.eventually import eventually
from tests.support.http import local_client

Json = dict[str, object]
PASSWORD = "beffroi-demo"
_SIGN_IN_TRIES = 20


class Person:
    """One signed-in person. Every call gives the answer as it came, problems included."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.http = client

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def post(self, path: str, body: Json) -> httpx.Response:
        return await self.http.post(path, json=body)

    async def patch(self, path: str, body: Json) -> httpx.Response:
        return await self.http.patch(path, json=body)

    async def delete(self, path: str) -> httpx.Response:
        return await self.http.delete(path)

    async def made(self, path: str, body: Json) -> Json:
        """What a POST created. Fails with the problem where it did not."""
        answer = await self.post(path, body)
        assert answer.is_success, answer.text
        return cast("Json", answer.json())

    async def items(self, path: str) -> list[Json]:
        """The first page of a list."""
        answer = await self.get(path)
        assert answer.is_success, answer.text
        return cast("list[Json]", answer.json()["items"])

    async def camera(self, camera_id: object) -> Json:
        answer = await self.get(f"/cameras/{camera_id}")
        assert answer.is_success, answer.text
        return cast("Json", answer.json())

    async def camera_state(self, camera_id: object) -> Json:
        return cast("Json", (await self.camera(camera_id))["state"])

    async def reaches(self, camera_id: object, status: str, *, within_s: float = 30) -> Json:
        """The camera's state once it is `status`."""

        async def there() -> bool:
            return (await self.camera_state(camera_id))["status"] == status

        await eventually(there, within_s=within_s, what=f"state {status} of {camera_id}")
        return await self.camera_state(camera_id)


@asynccontextmanager
async def signed_in(url: str, login: str, password: str = PASSWORD) -> AsyncIterator[Person]:
    """A person's session at the system on `url`."""
    headers = {"X-Beffroi": "1", "Origin": url}
    async with local_client(base_url=f"{url}/api/v1", headers=headers, timeout=15) as client:
        person = Person(client)
        await _sign_in(person, {"login": login, "password": password})
        yield person


async def _sign_in(person: Person, who: Json) -> None:
    """All tests come from one address, which is slowed for all of them: the wait it is told is kept."""
    answer = await person.post("/session", who)
    for _ in range(_SIGN_IN_TRIES):
        if answer.status_code != codes.TOO_MANY_REQUESTS:
            break
        await asyncio.sleep(float(answer.json()["retry_after_s"]))
        answer = await person.post("/session", who)
    assert answer.is_success, answer.text


def camera_body(name: str, address: str, *, commune: str = "59346", **more: object) -> Json:
    """A camera with a valid authorisation."""
    today = datetime.now(UTC).date()
    return {
        "commune": commune,
        "name": name,
        "place": "Rue des tests",
        "address": address,
        "recorded": True,
        "authorisation": {
            "number": "TEST-1",
            "granted_on": date(today.year, 1, 1).isoformat(),
            "valid_until": (today + timedelta(days=400)).isoformat(),
            "days": 10,
        },
        **more,
    }


def rfc3339(moment: datetime) -> str:
    """UTC to the millisecond, as the API reads it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
