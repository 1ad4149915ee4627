"""What nobody sends by mistake is answered in words, on every route of mux."""

import json
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.sdp.fragment import MEDIA_TYPE
from mux.sdp.offer import parse_offer, parse_wall_offer
from mux.whep.routes import make_app
from shared.clock import SystemClock
from shared.door import Door
from shared.errors import PROBLEM_MEDIA_TYPE, BadInput, Unsupported
from shared.tickets import TicketVerifier
from tests.support.hostile import BODIES, HERE, MEDIA_TYPES, VALUES, spoilt
from tests.support.wall import wall_offer
from tests.unit.mux.whep.test_routes import KEY, ORIGIN, Admitting, token
from tests.unit.mux.whep.test_wall_http import CAMERAS, OFFER, REPORT, SESSION, TILES, WALL

ARRANGEMENT = {"tiles": [{"mid": "0", "camera": CAMERAS[0], "width": 640, "height": 360}]}
REPORTED = {"tiles": [{"mid": "0", "freezes": 1, "freeze_ms": 2.0, "first_frame_ms": 3.0, "dropped": 4}]}
SDP = "application/sdp"


def client() -> httpx.AsyncClient:
    registry = Admitting()
    app = Door(make_app(registry, registry, TicketVerifier(KEY.public_key(), SystemClock()), [ORIGIN]))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mux")


def wrong(answer: httpx.Response, asked: object) -> list[str]:
    worded = answer.status_code < 400 or answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    return [] if answer.status_code < 500 and worded else [f"{answer.status_code} {str(asked)[:200]}"]


@pytest.mark.parametrize(
    ("method", "path", "body"), [("PUT", TILES, ARRANGEMENT), ("POST", REPORT, REPORTED)]
)
async def test_hostile_values_in_any_member_are_answered_in_words(
    method: str, path: str, body: object
) -> None:
    found: list[str] = []
    async with client() as http:
        headers = {"authorization": f"Bearer {WALL}", "content-type": "application/json"}
        for worse in spoilt(body):
            for value in VALUES:
                text = json.dumps(worse).replace(json.dumps(HERE), value).encode()
                found += wrong(await http.request(method, path, content=text, headers=headers), text)
        for bad in BODIES:
            found += wrong(await http.request(method, path, content=bad, headers=headers), bad[:40])
    assert found == []


async def test_bodies_of_another_kind_are_answered_in_words() -> None:
    found: list[str] = []
    async with client() as http:
        for path, ticket, good in (("/wall", WALL, SDP), ("/whep/59350/cam-1/main", token(), SDP)):
            for kind in (*MEDIA_TYPES, good):
                for body in (*BODIES, OFFER.encode(), b"v=0\r\n" * 1000, b"v=0\r\nm=video 9 " + b"1 " * 5000):
                    headers = {"authorization": f"Bearer {ticket}"} | ({"content-type": kind} if kind else {})
                    found += wrong(await http.post(path, content=body, headers=headers), (kind, body[:40]))
        for body in BODIES:
            answer = await http.patch(SESSION, content=body, headers={"content-type": MEDIA_TYPE})
            found += wrong(answer, body[:40])
    assert found == []


LINES = wall_offer("AB:CD", 2).split("\r\n")


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.text(max_size=30)), max_size=4), st.booleans())
def test_an_offer_with_spoilt_lines_is_read_or_refused_in_words(
    spoils: list[tuple[int, str]], wall: bool
) -> None:
    lines = list(LINES)
    for at, text in spoils:
        lines[at] = lines[at][: len(text)] + text
    # Whatever else is raised fails.
    with suppress(BadInput, Unsupported):
        (parse_wall_offer if wall else parse_offer)("\r\n".join(lines))
