"""Every route of mux's document is asked anything, with each kind of ticket and with none: it never fails,
nor says what the document does not. The hub behind it is the real one."""

import os
from collections.abc import Mapping

import httpx
import pytest
import schemathesis
from hypothesis import strategies as st

from mux.openapi import described
from mux.sdp.fragment import MEDIA_TYPE
from mux.whep.routes import make_app
from mux.whep.turnstile import Turnstile
from mux.whep.wall_http import VIEWERS_RESOURCE
from shared.door import Door
from shared.tickets import WALL_RESOURCE, Action, Ticket, TicketSigner, TicketVerifier
from tests.support.fuzz import AnyCase, Operation, faults, operations, request_of
from tests.support.offers import CHROMIUM, DIGEST, FIREFOX, FIREFOX_WITHOUT_H264, PION, SAFARI
from tests.support.wall import wall_offer
from tests.unit.mux.fakes import STREAM
from tests.unit.mux.worlds import World

EXAMPLES = int(os.environ.get("BEFFROI_TEST_EXAMPLES", "40")) // 10
BASE = "http://mux"
CAMERA = STREAM.camera_path
FRAGMENTS = ("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", "a=candidate:1\r\n", "nothing\r\n")
RENEWALS = ((FRAGMENTS[0], "*"), (FRAGMENTS[0], '"another"'), (FRAGMENTS[0], ""), (FRAGMENTS[1], "*"))
Met = set[tuple[str, int]]
DEEP: Met = {
    *(("watchStream", one) for one in (201, 400, 401, 403, 415)),
    *(("openWall", one) for one in (201, 401, 403, 415)),
    *(("takeLease", one) for one in (204, 403)),
    *(("renewSession", one) for one in (200, 204, 400, 404, 412, 428)),
    *(("leaveSession", one) for one in (200, 404)),
    *(("arrangeTiles", one) for one in (200, 400, 401, 403, 404, 409)),
    *(("reportTiles", one) for one in (200, 400, 404)),
    *(("viewers", one) for one in (200, 401, 403)),
    ("load", 200),
}
"""What requests are known to reach: a search that stays at the door finds nothing."""

schemathesis.openapi.media_type(
    "application/sdp",
    st.sampled_from([CHROMIUM, SAFARI, FIREFOX, FIREFOX_WITHOUT_H264, PION, wall_offer(DIGEST, 2)])
    .flatmap(lambda one: st.sampled_from([one, *(one.replace(line, "") for line in one.splitlines())]))
    .map(str.encode),
)
schemathesis.openapi.media_type(MEDIA_TYPE, st.sampled_from(FRAGMENTS).map(str.encode))
OPERATIONS = list(operations(described(), EXAMPLES))


class Scene:
    """A mux that shows a camera and a wall to the session of all tickets."""

    def __init__(self) -> None:
        self.world = World(most_viewers=40)
        self.signer = TicketSigner(self.world.lessor._tickets.key)
        verifier = TicketVerifier(self.signer.key.public_key(), self.world.clock)
        app = Door(Turnstile(make_app(self.world.registry, self.world.walls, verifier, [])))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)
        self.world.confirm(self.ticket(Action.LIVE, str(STREAM)))
        self.met: Met = set()

    def ticket(self, action: Action, resource: str) -> Ticket:
        return Ticket("t", "p", "session-1", action, resource, 1 << 40, cameras=(CAMERA,))

    def headers(
        self, action: Action | None, operation: Operation, parameters: Mapping[str, object]
    ) -> dict[str, str]:
        if action is None:
            return {}
        resource = VIEWERS_RESOURCE if operation.id == "viewers" else WALL_RESOURCE
        if operation.id == "watchStream":
            resource = "{commune}/{camera}/{kind}".format(**parameters)
        return {"Authorization": f"Bearer {self.signer.sign(self.ticket(action, resource))}"}

    def asked_well(self, operation: Operation, case: AnyCase, number: int) -> None:
        """Let a case be about what there is."""
        commune, camera, kind = str(STREAM).split("/")
        here = {"commune": commune, "camera": camera, "kind": kind}
        if "session" in case.path_parameters:
            wall = operation.id == "arrangeTiles" and number % 4 == 1
            visitor = (
                self.world.admit_wall(CAMERA, ticket="wall") if wall else self.world.admit(ticket="view")
            )
            here["session"] = visitor.id
            if operation.id == "renewSession":
                fragment, tag = RENEWALS[number // 2 % len(RENEWALS)]
                case.headers.pop("if-match", None)
                case.headers.update({"if-match": tag} if tag else {})
                case.body = fragment.encode()
        case.path_parameters.update({name: here[name] for name in case.path_parameters})
        if operation.id == "takeLease":
            case.body = self.world.lessor.lease().encode()
        if operation.id == "arrangeTiles" and number % 4 == 3:
            case.body = {"tiles": [{"mid": "0", "camera": CAMERA}]}
        elif isinstance(case.body, dict) and isinstance(tiles := case.body.get("tiles"), list):
            for tile in tiles:
                if isinstance(tile, dict):
                    tile.update({"mid": "0", "camera": CAMERA})

    async def asked(self, operation: Operation, action: Action | None) -> list[str]:
        """What was wrong with the answers to all cases of an operation."""
        wrong: list[str] = []
        for number, case in enumerate(operation.cases):
            if number % 2:
                self.asked_well(operation, case, number)
            headers = self.headers(action, operation, case.path_parameters)
            request = request_of(case, BASE, headers, {})
            answer = await self.http.send(request)
            self.met.add((operation.id, answer.status_code))
            wrong += [
                f"{action} {answer.status_code} {request.method} {request.url} {request.content[:99]!r} {one}"
                for one in faults(case, answer)
            ]
        return wrong


@pytest.mark.slow
async def test_no_request_makes_a_route_fail_or_answer_what_its_document_does_not_tell() -> None:
    scene, wrong = Scene(), list[str]()
    async with scene.http:
        for operation in OPERATIONS:
            for action in (None, *Action):
                wrong += await scene.asked(operation, action)
    assert not wrong, "\n".join(wrong)
    assert scene.met >= DEEP, sorted(scene.met)


async def test_the_document_is_no_route_and_a_wrong_method_is_told_as_a_problem() -> None:
    async with Scene().http as http:
        assert (await http.get("/openapi.json")).status_code == 404
        got = await http.get("/wall")
        assert (got.status_code, got.json()["status"], got.headers["allow"]) == (405, 405, "POST")
