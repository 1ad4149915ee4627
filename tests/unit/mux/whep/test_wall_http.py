"""The HTTP of walls over ASGI, in memory."""

import json

import pytest

from mux.sdp.fragment import MEDIA_TYPE
from mux.sdp.offer import MAX_WALL_OFFER_BYTES
from mux.sessions.page_counts import PageCounts
from mux.whep.walls import Wish
from shared.tickets import WALL_RESOURCE, Action, Ticket
from tests.support.wall import wall_offer
from tests.unit.mux.whep.test_routes import ORIGIN, SIGNER, Admitting, ask, token

OFFER = wall_offer("AB:CD", 3)
CAMERAS = ("59350/cam-1", "59350/cam-2")
WALL = SIGNER.sign(Ticket("t", "p", "session-1", Action.WALL, WALL_RESOURCE, 1 << 40, cameras=CAMERAS))
STATUS = SIGNER.sign(Ticket("t", "p", "session-1", Action.STATUS, "viewers", 1 << 40))
TILES = "/whep/sessions/s-1/tiles"
REPORT = "/whep/sessions/s-1/report"
SESSION = "/whep/sessions/s-1"


async def test_a_wall_is_opened_with_the_cameras_of_its_ticket() -> None:
    registry = Admitting()
    answer = await ask(registry, path="/wall", body=OFFER, ticket=WALL)
    assert (answer.status_code, answer.headers["location"]) == (201, SESSION)
    assert answer.headers["etag"] == '"ice-1"'
    ticket, offer = registry.walls[0]
    assert (ticket.cameras, offer.mids) == (CAMERAS, ("0", "1", "2"))


_SHOWN = json.dumps({"tiles": [{"mid": "0", "camera": CAMERAS[0]}]})


@pytest.mark.parametrize(
    ("path", "method", "body", "kind"),
    [("/wall", "POST", OFFER, "application/sdp"), (TILES, "PUT", _SHOWN, "application/json")],
)
async def test_a_ticket_for_one_stream_is_none_for_a_wall(
    path: str, method: str, body: str, kind: str
) -> None:
    answer = await ask(path=path, method=method, body=body, ticket=token(), content_type=kind)
    assert (answer.status_code, answer.json()["detail"]) == (403, "the ticket is for live, not for wall")


async def test_an_offer_longer_than_a_wall_can_be_is_refused() -> None:
    answer = await ask(path="/wall", body="v=0\r\n" + "a" * MAX_WALL_OFFER_BYTES, ticket=WALL)
    assert answer.status_code == 413


async def test_tiles_are_named_with_camera_and_size_or_one_of_them() -> None:
    registry = Admitting()
    tiles = [
        {"mid": "0", "camera": CAMERAS[1], "width": 640, "height": 360},
        {"mid": "1", "camera": None},
        {"mid": "2", "width": 320, "height": 180},
    ]
    body = json.dumps({"tiles": tiles})
    answer = await ask(
        registry, path=TILES, method="PUT", body=body, ticket=WALL, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["tiles"][0]["stale"]) == (200, "camera")
    assert registry.wishes == [
        Wish("0", shows=True, camera=CAMERAS[1], size=(640, 360)),
        Wish("1", shows=True),
        Wish("2", size=(320, 180)),
    ]


async def test_a_report_is_taken_without_a_ticket_and_answered_with_statistics() -> None:
    registry = Admitting()
    body = json.dumps(
        {"tiles": [{"mid": "0", "freezes": 2, "freeze_ms": 80.5, "first_frame_ms": 91, "dropped": 3}]}
    )
    answer = await ask(registry, path=REPORT, body=body, content_type="application/json")
    assert (answer.status_code, answer.json()["delay_ms"]) == (200, [0, 0])
    assert registry.counts == {"0": PageCounts(2, 80.5, 91.0, 3)}


async def test_a_report_on_an_ended_session_is_told_why_it_ended() -> None:
    answer = await ask(
        path="/whep/sessions/s-2/report", body='{"tiles": []}', content_type="application/json"
    )
    assert (answer.status_code, answer.json()["reason"]) == (404, "revoked")


async def test_another_ice_session_is_answered_with_ours_and_candidates_with_nothing() -> None:
    registry = Admitting()
    fragment = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef012345\r\n"
    restarted = await ask(
        registry, path=SESSION, method="PATCH", body=fragment, content_type=MEDIA_TYPE, if_match="*"
    )
    assert (restarted.status_code, restarted.headers["etag"]) == (200, '"ice-2"')
    assert restarted.headers["content-type"].startswith(MEDIA_TYPE)
    candidates = await ask(
        registry, path=SESSION, method="PATCH", body="a=candidate:1\r\n", content_type=MEDIA_TYPE
    )
    assert (candidates.status_code, candidates.content) == (204, b"")
    assert [if_match for _, if_match in registry.renewed] == ["*", None]


async def test_the_load_is_told_to_anybody_and_the_viewers_to_control_room() -> None:
    load = await ask(path="/load", method="GET", body="")
    assert load.json() == {"viewers": 1, "most_viewers": 2, "sessions": 3, "tiles": 4}
    assert (await ask(path="/viewers", method="GET", body="")).status_code == 401
    assert (await ask(path="/viewers", method="GET", body="", ticket=WALL)).status_code == 403
    assert (await ask(path="/viewers", method="GET", body="", ticket=STATUS)).json() == {"viewers": []}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "GET", "DELETE"])
async def test_pages_of_an_allowed_origin_may_use_every_method_and_see_the_tag(method: str) -> None:
    asked = await ask(
        path=SESSION,
        method="OPTIONS",
        origin=ORIGIN,
        access_control_request_method=method,
        access_control_request_headers="authorization,content-type,if-match",
    )
    assert asked.status_code == 200
    opened = await ask(path="/wall", body=OFFER, ticket=WALL, origin=ORIGIN)
    assert {"Location", "ETag", "Link"} <= set(
        opened.headers["access-control-expose-headers"].replace(" ", "").split(",")
    )
