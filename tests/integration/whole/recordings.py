"""What storage has of a camera, asked the way a person's page asks."""

from datetime import UTC, datetime, timedelta
from typing import cast

from tests.support.client import Json, Person, rfc3339
from tests.support.http import local_client


async def playback_ticket(person: Person, camera: object, start: datetime, end: datetime) -> Json:
    """A ticket for a range of a camera."""
    body: Json = {"motive": "test of playback", "from": rfc3339(start), "to": rfc3339(end)}
    return await person.made(f"/cameras/{camera}/playback", body)


def bearer(ticket: Json) -> dict[str, str]:
    return {"Authorization": f"Bearer {ticket['ticket']}"}


async def shows_recordings(person: Person, camera: object) -> bool:
    """Whether storage shows any: it does once control_room has told it which rights hold, each second."""
    now = datetime.now(UTC)
    ticket = await playback_ticket(person, camera, now - timedelta(minutes=1), now)
    query = {"from": rfc3339(now - timedelta(minutes=1)), "to": rfc3339(now)}
    async with local_client(headers=bearer(ticket)) as client:
        return (await client.get(str(ticket["url"]), params=query)).status_code == 200


async def recorded_ranges(
    person: Person, camera: object, start: datetime, end: datetime | None = None
) -> list[tuple[datetime, datetime]]:
    """The ranges storage has between `start` and `end` (now, when left out)."""
    until = end if end is not None else datetime.now(UTC) + timedelta(minutes=1)
    ticket = await playback_ticket(person, camera, start, until)
    query = {"from": rfc3339(start), "to": rfc3339(until)}
    async with local_client(headers=bearer(ticket)) as client:
        answer = await client.get(str(ticket["url"]), params=query)
    assert answer.status_code == 200, answer.text
    ranges = cast("list[dict[str, str]]", answer.json()["ranges"])
    return [(datetime.fromisoformat(item["from"]), datetime.fromisoformat(item["to"])) for item in ranges]
