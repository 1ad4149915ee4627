"""The route by which a person's word about the time comes in."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from shared.errors import BadInput, TooLarge
from shared.messages.codec import decode
from shared.messages.storage import ClockConfirmed
from shared.openapi import json_of, said
from shared.reasons import why
from shared.tickets import CLOCK_RESOURCE, Action, bearer
from storage.http.ticket_guard import TicketGuard
from storage.lifecycle.clock_keeper import ClockKeeper

_MAX_BODY = 4096
_CONFIRM = said(
    "confirmClock",
    {204: {"description": "The clock is believed."}},
    (400, 401, 403, 409, 413, 503),
    takes=json_of("ClockConfirmed"),
    ticket=True,
)

Authorization = Annotated[str | None, Header(include_in_schema=False)]


def clock_routes(keeper: ClockKeeper, guard: TicketGuard) -> APIRouter:
    """The route of the clock."""
    router = APIRouter(default_response_class=Response)

    async def confirm(request: Request, authorization: Authorization = None) -> Response:
        """Take a person's word that the clock is right. 409 where it is not what they say."""
        guard.admit(request, bearer(authorization), CLOCK_RESOURCE, [Action.CLOCK])
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY:
                raise TooLarge(why("body-too-large", "the confirmation is larger than one can be"))
        word = decode(ClockConfirmed, bytes(body))
        if not word.by.strip():
            raise BadInput(why("clock-confirmed-by-nobody", "a confirmation needs a name"), "by")
        await keeper.confirm(word)
        return Response(status_code=204)

    router.add_api_route("/clock", confirm, methods=["PUT"], **_CONFIRM)
    return router
