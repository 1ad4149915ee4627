"""Every route of storage's document is asked anything, with each kind of ticket and with none: it never
fails, nor says what the document does not."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from shared.door import Door
from shared.messages.codec import encode
from shared.messages.desk import HandOver, SurveyOrder
from shared.messages.edge import EdgeReport, SegmentOffer
from shared.messages.storage import ExportedCamera, ExportOrder, HoldOrder
from shared.tickets import CLOCK_RESOURCE, SURVEY_RESOURCE, Action, Ticket, edge_resource
from shared.utc import instant_of
from storage.model.instants import text_from_ns
from storage.model.segment import object_key
from storage.openapi import described
from tests.support.fuzz import AnyCase, Operation, faults, operations, request_of
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, units, workshop

EXAMPLES = int(os.environ.get("BEFFROI_TEST_EXAMPLES", "40")) // 10
BASE = "http://storage"
# The one that leaves nothing to ask about comes last.
OPERATIONS = sorted(operations(described(), EXAMPLES), key=lambda one: one.id == "cancelExport")
RANGE = (instant_of(START_NS), instant_of(START_NS + 4 * 10**9))
ORDER = ExportOrder(
    "x-1", "PV 1", "OPJ", "legal", (ExportedCamera(str(STREAM), "Place", "Lille", "A1"),), *RANGE
)
RANGES = (None, "bytes=999999999-", "bytes=9-0", "bytes=0-1,4-5", "bytes=0-9", "bytes=-5", "parsecs=1-2")
Met = set[tuple[str, int]]
DEEP: Met = {
    *(("listRecordings", one) for one in (200, 400, 401, 403)),
    *(("playRecordings", one) for one in (200, 400, 401, 403)),
    *(("orderExport", one) for one in (202, 400, 401, 403)),
    *(("exportProgress", one) for one in (200, 401, 403, 404)),
    *(("downloadPackage", one) for one in (200, 206, 400, 401, 403, 404, 416)),
    *(("placeHold", one) for one in (200, 400, 401, 403)),
    *(("releaseHold", one) for one in (204, 400, 401, 403)),
    *(("confirmClock", one) for one in (204, 400, 401, 403)),
    *(("survey", one) for one in (200, 400, 401, 403)),
    *(("signReceipt", one) for one in (200, 400, 401, 403)),
    *(("cancelExport", one) for one in (200, 401, 403, 404)),
    *(("takeLease", one) for one in (204, 403)),
    *(("fetchRecordings", one) for one in (400, 401, 403)),
    *(("reportEdge", one) for one in (200, 400, 401, 403)),
    *(("offerSegment", one) for one in (200, 400, 401, 403)),
    *(("sendSegment", one) for one in (400, 401, 403)),
    ("evidenceKey", 200),
}
"""What requests are known to reach: a search that stays at the door finds nothing."""
HOLD = HoldOrder("h-1", str(STREAM), *RANGE, "PV 2")
GIVEN = HandOver(ORDER.id, "r-1", "PV 1", "60-1", "A. Martin", "OPJ", "Lille", "disc 12", RANGE[1], "legal")
SURVEY = SurveyOrder((str(STREAM),), *RANGE)
OFFER = SegmentOffer(
    object_key(STREAM, START_NS, 1, "e123abc"), str(STREAM), 1, START_NS, START_NS + 10**9, 40, "0" * 64
)
EDGE = ("reportEdge", "offerSegment", "sendSegment")
WHOLE: dict[str, ExportOrder | HoldOrder | HandOver | SurveyOrder | SegmentOffer | EdgeReport] = {
    "offerSegment": OFFER,
    "reportEdge": EdgeReport(()),
    "orderExport": ORDER,
    "placeHold": HOLD,
    "signReceipt": GIVEN,
    "survey": SURVEY,
}
"""Bodies too particular to be made by chance each time."""


def known(operation: Operation) -> dict[str, str]:
    """Path parameters by which there is something."""
    commune, camera, kind = str(STREAM).split("/")
    id = HOLD.id if "Hold" in operation.id else ORDER.id
    return {"commune": commune, "camera": camera, "kind": kind, "id": id, "sha256": OFFER.sha256}


def resource_of(operation: Operation, parameters: Mapping[str, object]) -> str:
    """What a ticket for this has to be for."""
    if "Recordings" in operation.id:
        return "{commune}/{camera}/{kind}".format(**parameters)
    if operation.id in EDGE:
        return edge_resource(str(parameters["commune"]))
    if "id" in parameters:
        return f"{'hold' if 'Hold' in operation.id else 'export'}:{parameters['id']}"
    return SURVEY_RESOURCE if operation.id == "survey" else CLOCK_RESOURCE


def ticket_of(shop: Workshop, action: Action, operation: Operation, case: AnyCase) -> str:
    """A ticket of the session whose rights hold, for what is asked, whatever that is."""
    now_s = shop.clock.utc_ns() // 10**9
    resource = resource_of(operation, case.path_parameters)
    return shop.tickets.sign(
        Ticket("t-1", "p-1", "s-1", action, resource, now_s + 60, issued_ms=now_s * 1000)
    )


async def filled(shop: Workshop) -> None:
    """Recordings, a hold on them and an export of them."""
    await shop.record_all(units(100))
    for path, order, action in (
        (f"/exports/{ORDER.id}", ORDER, Action.EXPORT),
        (f"/holds/{HOLD.id}", HOLD, Action.HOLD),
    ):
        resource = path[1:].replace("s/", ":")
        assert (await shop.put(path, shop.token(action, resource), order)).is_success
    await shop.export_done(ORDER.id)


def asked_well(shop: Workshop, case: AnyCase, operation: Operation, number: int) -> None:
    """Let a case be about what there is, as far as it is well-formed."""
    here = known(operation)
    case.path_parameters.update({name: here[name] for name in case.path_parameters})
    if "from" in case.query:
        case.query["from"] = text_from_ns(START_NS)
        case.query.pop("to", None)
    case.query.pop("ticket", None)
    if operation.id == "downloadPackage":
        case.headers.pop("range", None)
        if wanted := RANGES[number // 2 % len(RANGES)]:
            case.headers["range"] = wanted
    if operation.id == "takeLease":
        case.body = shop.lessor.lease()
    if number == 1 and operation.id in WHOLE:
        case.body = json.loads(encode(WHOLE[operation.id]))
    if isinstance(case.body, dict):
        right = {"id": f"{here['id']}{number}", "stream": str(STREAM), "by": "A. Martin", "reference": "PV 3"}
        right["utc"] = text_from_ns(shop.clock.utc_ns())
        right |= {"start": text_from_ns(START_NS), "end": text_from_ns(START_NS + number * 10**9)}
        case.body.update({name: right[name] for name in right if name in case.body})
        if case.body.get("cameras") == []:
            case.body["cameras"] = [asdict(camera) for camera in ORDER.cameras]
        if "id" in case.body:
            case.path_parameters["id"] = case.body["id"]


async def asked(
    shop: Workshop, client: httpx.AsyncClient, operation: Operation, action: Action | None, met: Met
) -> list[str]:
    """What was wrong with the answers to all cases of an operation; their statuses go into `met`."""
    wrong: list[str] = []
    for number, case in enumerate(operation.cases):
        if number % 2:
            asked_well(shop, case, operation, number)
        headers = {}
        if action is not None:
            headers = {"Authorization": f"Bearer {ticket_of(shop, action, operation, case)}"}
        request = request_of(case, BASE, headers, {})
        answer = await client.send(request)
        met.add((operation.id, answer.status_code))
        wrong += [
            f"{action} {answer.status_code} {request.method} {request.url} {request.content[:200]!r}: {one}"
            for one in faults(case, answer)
        ]
    return wrong


@pytest.mark.slow
async def test_no_request_makes_a_route_fail_or_answer_what_its_document_does_not_tell(
    tmp_path: Path,
) -> None:
    wrong: list[str] = []
    met: Met = set()
    async with workshop(tmp_path) as shop:
        await filled(shop)
        transport = httpx.ASGITransport(Door(shop.app))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            for operation in OPERATIONS:
                for action in (None, *Action):
                    wrong += await asked(shop, client, operation, action, met)
    assert not wrong, "\n".join(wrong)
    assert met >= DEEP, sorted(met)


async def test_a_package_that_is_not_where_it_was_made_and_a_wrong_method_are_told_as_problems(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path) as shop:
        await filled(shop)
        for package in (tmp_path / "exports").glob("*.zip"):
            package.unlink()
        token = shop.token(Action.DOWNLOAD, f"export:{ORDER.id}")
        gone = await shop.get(f"/exports/{ORDER.id}/package", token)
        assert (gone.status_code, gone.json()["why"]["code"]) == (404, "package-gone")
        posted = await shop.http.post("/clock")
        assert (posted.status_code, posted.json()["status"], posted.headers["allow"]) == (405, 405, "PUT")
