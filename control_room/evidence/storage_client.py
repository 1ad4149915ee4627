"""Asks storage, server to server, with tickets signed here: the one file that knows httpx."""

from collections.abc import Mapping
from datetime import datetime

import httpx

from control_room.access.service_tickets import ServiceTickets
from control_room.model.people import Principal
from shared.causes import cause_of, technical
from shared.errors import BadInput, Conflict, NotFound, Unavailable
from shared.ids import StreamId
from shared.messages.codec import decode, encode
from shared.messages.desk import HandOver, Surveyed, SurveyOrder
from shared.messages.storage import ClockConfirmed, ExportOrder, ExportProgress, HoldOrder, HoldPlaced
from shared.reasons import Reason, from_wire, why
from shared.redact import redact
from shared.tickets import CLOCK_RESOURCE, SURVEY_RESOURCE, Action

_TIMEOUT_S = 5.0
_MAX_REASON_CHARS = 300


class StorageClient:
    """Raises Unavailable when storage does not answer, BadInput, NotFound or Conflict when it says no."""

    def __init__(
        self, url: str, tickets: ServiceTickets, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._tickets = tickets
        self._client = httpx.AsyncClient(
            base_url=url, timeout=_TIMEOUT_S, transport=transport, trust_env=False
        )

    async def order_export(self, order: ExportOrder, principal: Principal) -> ExportProgress:
        """Order an export; the same order twice is one export."""
        body = await self._ask(Action.EXPORT, f"export:{order.id}", "PUT", principal, encode(order))
        return decode(ExportProgress, body)

    async def export_progress(self, export_id: str, principal: Principal) -> ExportProgress:
        """How far an export is."""
        body = await self._ask(Action.STATUS, f"export:{export_id}", "GET", principal)
        return decode(ExportProgress, body)

    async def cancel_export(self, export_id: str, principal: Principal) -> ExportProgress:
        """End an export for good; what was made of it is destroyed."""
        body = await self._ask(Action.EXPORT, f"export:{export_id}", "DELETE", principal)
        return decode(ExportProgress, body)

    async def survey(self, order: SurveyOrder, principal: Principal) -> Surveyed:
        """What there is of a range; nothing is changed by asking."""
        return decode(
            Surveyed, await self._ask(Action.STATUS, SURVEY_RESOURCE, "PUT", principal, encode(order))
        )

    async def sign_receipt(self, given: HandOver, principal: Principal) -> str:
        """The signed receipt of a package handed over."""
        resource, path = f"export:{given.export}", f"/exports/{given.export}/receipt"
        body = await self._ask(Action.EXPORT, resource, "PUT", principal, encode(given), path)
        return body.decode()

    async def place_hold(self, order: HoldOrder, principal: Principal) -> HoldPlaced:
        """Place a hold; placing it twice is no error. What it came too late for is in the answer."""
        body = await self._ask(Action.HOLD, f"hold:{order.id}", "PUT", principal, encode(order))
        return decode(HoldPlaced, body) if body else HoldPlaced()

    async def release_hold(self, hold_id: str, principal: Principal) -> None:
        """Release a hold; one that storage does not know is released already."""
        try:
            await self._ask(Action.HOLD, f"hold:{hold_id}", "DELETE", principal)
        except NotFound:
            return

    async def confirm_clock(self, word: ClockConfirmed, principal: Principal) -> None:
        """Tell storage that a person says what time it is. Raises Conflict where its clock says another."""
        await self._ask(Action.CLOCK, CLOCK_RESOURCE, "PUT", principal, encode(word))

    async def destruction_proof(
        self, stream: StreamId, start: datetime, end: datetime, principal: Principal
    ) -> bytes:
        """The proof of what became of a stream's recordings of [start, end), as storage writes it."""
        asked = {"from": start.isoformat(), "to": end.isoformat()}
        return await self._ask(Action.PROOF, f"proof:{stream}", "GET", principal, params=asked)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _ask(
        self,
        action: Action,
        resource: str,
        method: str,
        principal: Principal,
        body: bytes | None = None,
        path: str = "",
        params: Mapping[str, str] | None = None,
    ) -> bytes:
        kind, _, name = resource.partition(":")
        path = path or (f"/{kind}s/{name}" if name else f"/{kind}")
        token = self._tickets.token(action, resource, principal)
        headers = {"authorization": f"Bearer {token}"}
        if body is not None:
            headers["content-type"] = "application/json"
        try:
            response = await self._client.request(method, path, content=body, headers=headers, params=params)
        except httpx.HTTPError as error:
            raise Unavailable(
                why("storage-away", "storage does not answer: {cause}", cause=cause_of(error))
            ) from error
        if response.is_success:
            return response.content
        raise _refusal(response)


def _of(told: object, said: str) -> Reason | None:
    return (
        from_wire(told.get("code"), told.get("params"), f"storage: {said}")
        if isinstance(told, dict)
        else None
    )


def _refusal(response: httpx.Response) -> BadInput | NotFound | Conflict | Unavailable:
    reason = why("storage-answers", "storage answers {status}", status=response.status_code)
    try:
        told = response.json()
    except ValueError:
        told = None
    if isinstance(told, dict) and isinstance(told.get("detail"), str):
        said = redact(told["detail"])[:_MAX_REASON_CHARS]
        reason = _of(told.get("why"), said) or why("storage-said", "storage: {cause}", cause=technical(said))
    if response.status_code == httpx.codes.NOT_FOUND:
        return NotFound(reason)
    if response.status_code == httpx.codes.CONFLICT:
        return Conflict(reason)
    if response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE):
        return BadInput(reason)
    return Unavailable(reason)
