"""The route by which control_room fetches a proof of what became of a stream's recordings."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from shared.errors import BadInput
from shared.ids import StreamId
from shared.openapi import said, text_of
from shared.reasons import why
from shared.spans import Span
from shared.tickets import Action, bearer
from storage.http.ticket_guard import TicketGuard
from storage.lifecycle.proofs import Proofs
from storage.model.deadline import DAY_NS
from storage.model.instants import ns_from_text

_MOST_DAYS = 62
_PROVE = said(
    "proveDestruction",
    {200: {"description": "The proof, a file of JSON.", "content": text_of("application/json")}},
    (400, 401, 403, 404, 409, 503),
    ticket=True,
)

Authorization = Annotated[str | None, Header(include_in_schema=False)]


def proof_routes(proofs: Proofs, guard: TicketGuard) -> APIRouter:
    """The route of proofs."""
    router = APIRouter(default_response_class=Response)

    async def prove(
        request: Request,
        commune: str,
        camera: str,
        kind: str,
        start: Annotated[str, Query(alias="from")],
        end: Annotated[str, Query(alias="to")],
        authorization: Authorization = None,
    ) -> Response:
        """What became of all that a stream recorded of [from, to), as of the newest signed head."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        guard.admit(request, bearer(authorization), f"proof:{stream}", [Action.PROOF])
        span = Span(ns_from_text(start, "from"), ns_from_text(end, "to"))
        if span.length_ns <= 0:
            raise BadInput(why("range-reversed", "to must lie after from"), "to")
        if span.length_ns > _MOST_DAYS * DAY_NS:
            raise BadInput(
                why("range-too-long", "the range must not be longer than {days} days", days=_MOST_DAYS), "to"
            )
        proof = await proofs.destruction(stream, span)
        return Response(proof.written(), media_type="application/json")

    router.add_api_route("/proofs/{commune}/{camera}/{kind}", prove, methods=["GET"], **_PROVE)
    return router
