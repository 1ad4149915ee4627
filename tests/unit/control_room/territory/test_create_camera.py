"""Adding a camera: what is wrong is named."""

import httpx
import pytest

from tests.unit.control_room.room import (
    Room,
    camera_body,
)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "rtsp://169.254.169.254/"}, "address"),
        ({"address": "http://10.1.4.20/"}, "address"),
        ({"username": ""}, "username"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"commune": "1"}, "commune"),
        ({"commune": "99999"}, "commune"),
        ({"lat": 91}, "lat"),
        ({"unknown": 1}, "unknown"),
        ({"authorisation": {"number": "1"}}, "authorisation.granted_on"),
        (
            {
                "authorisation": {
                    "number": "1",
                    "granted_on": "2026-01-01",
                    "valid_until": "2027-01-01",
                    "days": 32,
                }
            },
            "authorisation.days",
        ),
    ],
)
async def test_a_wrong_field_is_named(
    room: Room, admin: httpx.AsyncClient, change: dict[str, object], field: str
) -> None:
    answer = await admin.post("/cameras", json=camera_body() | change)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
