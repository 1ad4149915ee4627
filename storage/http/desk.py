"""Routes that the requisition desk asks: what an export would have, ending one, the receipt of one."""

from fastapi import APIRouter, Request, Response

from shared.errors import BadInput
from shared.messages.codec import decode
from shared.messages.desk import HandOver, SurveyOrder
from shared.openapi import json_of, said, text_of
from shared.reasons import why
from shared.tickets import SURVEY_RESOURCE, Action, bearer
from storage.exports.jobs import ExportJobs
from storage.exports.preflight import Preflight
from storage.exports.receipts import Receipts
from storage.http.exports import Authorization, Id, Wish, body_of, json_answer, wish_for
from storage.http.ticket_guard import TicketGuard

_SURVEY = said(
    "survey",
    {200: {"description": "What there is.", "content": json_of("Surveyed")}},
    (400, 401, 403, 413, 503),
    takes=json_of("SurveyOrder"),
    ticket=True,
)
_CANCEL = said(
    "cancelExport",
    {200: {"description": "What has become of it.", "content": json_of("ExportProgress")}},
    (400, 401, 403, 404, 503),
    ticket=True,
)
_RECEIPT = said(
    "signReceipt",
    {200: {"description": "The receipt's file.", "content": text_of("text/plain")}},
    (400, 401, 403, 404, 409, 413, 503),
    takes=json_of("HandOver"),
    ticket=True,
)


def desk_routes(
    jobs: ExportJobs, preflight: Preflight, receipts: Receipts, guard: TicketGuard, wish: Wish
) -> APIRouter:
    """The routes of the desk; each admits its ticket first. `wish` hears of each range asked about."""
    router = APIRouter(default_response_class=Response)

    async def survey(request: Request, authorization: Authorization = None) -> Response:
        """What there is of a range, without changing anything."""
        guard.admit(request, bearer(authorization), SURVEY_RESOURCE, [Action.STATUS])
        order = decode(SurveyOrder, await body_of(request))
        surveyed = await preflight.survey(order)
        for stream in order.streams:
            wish_for(wish, stream, order.start, order.end)
        return json_answer(surveyed, 200)

    async def cancel(id: Id, request: Request, authorization: Authorization = None) -> Response:
        """End an export for good: what was made of it is destroyed."""
        guard.admit(request, bearer(authorization), f"export:{id}", [Action.EXPORT])
        return json_answer(await jobs.cancel(id), 200)

    async def receipt(id: Id, request: Request, authorization: Authorization = None) -> Response:
        """Sign that the package was handed over."""
        guard.admit(request, bearer(authorization), f"export:{id}", [Action.EXPORT])
        given = decode(HandOver, await body_of(request))
        if given.export != id:
            raise BadInput(why("order-misaddressed", "the order has another id than its address"), "export")
        return Response(await receipts.sign(given), media_type="text/plain")

    router.add_api_route("/survey", survey, methods=["PUT"], **_SURVEY)
    router.add_api_route("/exports/{id}", cancel, methods=["DELETE"], **_CANCEL)
    router.add_api_route("/exports/{id}/receipt", receipt, methods=["PUT"], **_RECEIPT)
    return router
