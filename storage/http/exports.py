"""Routes of exports, holds and the evidence key."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from shared.clock import Clock
from shared.errors import BadInput, TooLarge
from shared.evidence.signature import EvidencePublicKey
from shared.ids import StreamId
from shared.messages.codec import decode, encode
from shared.messages.storage import ExportOrder, HoldOrder, HoldPlaced, Stretch
from shared.openapi import json_of, said, text_of
from shared.reasons import why
from shared.spans import Span
from shared.tickets import Action, bearer
from shared.utc import instant_of
from storage.exports.jobs import ExportJobs
from storage.exports.place import ENCRYPTED, PLAIN
from storage.http.ranged_file import RangedFile
from storage.http.ticket_guard import TicketGuard
from storage.index.holds import Hold
from storage.lifecycle.holds import Holds
from storage.lifecycle.reconciliation import hold_of
from storage.model.ranges import gaps, present
from storage.playback.catalogue import Catalogue

_MAX_BODY = 1 << 20
_NAMED = 3
_FRESH_NS = 2_000_000_000
"""Pictures this new may be on their way to the disk: that they are not there yet says nothing."""

# Ids become file names and rows: nothing but the characters that control_room gives them.
Id = Annotated[str, Path(pattern=r"^[a-z]-[a-z0-9-]{1,60}$")]
Authorization = Annotated[str | None, Header(include_in_schema=False)]
Range = Annotated[str | None, Header(description="Parts of the package, in bytes (RFC 9110, section 14).")]

_ORDER = said(
    "orderExport",
    {202: {"description": "How far it is.", "content": json_of("ExportProgress")}},
    (400, 401, 403, 404, 409, 413, 503),
    takes=json_of("ExportOrder"),
    ticket=True,
)
_PROGRESS = said(
    "exportProgress",
    {200: {"description": "How far it is.", "content": json_of("ExportProgress")}},
    (400, 401, 403, 404, 503),
    ticket=True,
)
_PACKAGE = said(
    "downloadPackage",
    {
        200: {
            "description": "The package, as CMS where it was ordered for one recipient.",
            "content": {**text_of("application/zip"), **text_of("application/pkcs7-mime")},
        },
        206: {
            "description": "Parts of it.",
            "content": {**text_of("application/zip"), **text_of("multipart/byteranges")},
        },
    },
    (400, 401, 403, 404, 409, 416, 503),
    ticket=True,
)
_TIMESTAMP = said(
    "downloadTimestamp",
    {
        200: {
            "description": "The token (RFC 3161), in DER.",
            "content": text_of("application/timestamp-token"),
        }
    },
    (400, 401, 403, 404, 409, 503),
    ticket=True,
)
_HOLD = said(
    "placeHold",
    {200: {"description": "It is kept.", "content": json_of("HoldPlaced")}},
    (400, 401, 403, 404, 413, 503),
    takes=json_of("HoldOrder"),
    ticket=True,
)
_RELEASE = said(
    "releaseHold",
    {204: {"description": "It holds no more, if it did."}},
    (400, 401, 403, 404, 503),
    ticket=True,
)
_EVIDENCE_KEY = said(
    "evidenceKey",
    {200: {"description": "In PEM.", "content": text_of("application/x-pem-file")}},
    (),
)


class ExportRoutes:
    """Handlers; each admits its ticket first."""

    def __init__(
        self,
        jobs: ExportJobs,
        holds: Holds,
        catalogue: Catalogue,
        clock: Clock,
        guard: TicketGuard,
        key: EvidencePublicKey,
    ) -> None:
        self._jobs = jobs
        self._holds = holds
        self._catalogue = catalogue
        self._clock = clock
        self._guard = guard
        self._key = key
        self.router = APIRouter(default_response_class=Response)
        for method, path, handler, described in (
            ("PUT", "/exports/{id}", self.order, _ORDER),
            ("GET", "/exports/{id}", self.progress, _PROGRESS),
            ("GET", "/exports/{id}/package", self.package, _PACKAGE),
            ("GET", "/exports/{id}/timestamp", self.timestamp, _TIMESTAMP),
            ("PUT", "/holds/{id}", self.hold, _HOLD),
            ("DELETE", "/holds/{id}", self.release, _RELEASE),
            ("GET", "/evidence-key", self.evidence_key, _EVIDENCE_KEY),
        ):
            self.router.add_api_route(path, handler, methods=[method], **described)

    async def order(self, id: Id, request: Request, authorization: Authorization = None) -> Response:
        """Order an export; the same order again is no error."""
        self._guard.admit(request, bearer(authorization), f"export:{id}", [Action.EXPORT])
        order = decode(ExportOrder, await body_of(request))
        if order.id != id:
            raise BadInput(why("order-misaddressed", "the order has another id than its address"), "id")
        return json_answer(await self._jobs.order(order), 202)

    async def progress(self, id: Id, request: Request, authorization: Authorization = None) -> Response:
        """How far an export is."""
        self._guard.admit(request, bearer(authorization), f"export:{id}", [Action.EXPORT, Action.STATUS])
        return json_answer(await self._jobs.progress(id), 200)

    async def package(
        self,
        id: Id,
        request: Request,
        ticket: str | None = None,
        range: Range = None,
        authorization: Authorization = None,
    ) -> Response:
        """The package, whole or by ranges, which the response reads from the request by itself."""
        self._guard.admit(request, bearer(authorization, ticket), f"export:{id}", [Action.DOWNLOAD])
        kept = await self._jobs.packages.kept(id)
        encrypted = kept.path.suffix == ENCRYPTED
        answer = RangedFile(
            kept.path,
            media_type="application/pkcs7-mime" if encrypted else "application/zip",
            filename=f"beffroi-export-{id}{PLAIN}{ENCRYPTED if encrypted else ''}",
            headers={"Cache-Control": "no-store"},
        )
        answer.opened, answer.length = kept.opened, kept.size
        return answer

    async def timestamp(
        self,
        id: Id,
        request: Request,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """The authority's token of the package's manifest, once it has come."""
        self._guard.admit(request, bearer(authorization, ticket), f"export:{id}", [Action.DOWNLOAD])
        token = await self._jobs.packages.timestamp(id)
        headers = {
            "Content-Disposition": f'attachment; filename="beffroi-export-{id}.tsr"',
            "Cache-Control": "no-store",
        }
        return Response(token, media_type="application/timestamp-token", headers=headers)

    async def hold(self, id: Id, request: Request, authorization: Authorization = None) -> Response:
        """Keep a range of a stream beyond its deadline."""
        self._guard.admit(request, bearer(authorization), f"hold:{id}", [Action.HOLD])
        order = decode(HoldOrder, await body_of(request))
        if order.id != id:
            raise BadInput(why("order-misaddressed", "the hold has another id than its address"), "id")
        hold = hold_of(order)
        await self._holds.put(hold)
        return json_answer(await self._placed(hold), 200)

    async def release(self, id: Id, request: Request, authorization: Authorization = None) -> Response:
        """End a hold; what it kept is destroyed when its deadline says."""
        self._guard.admit(request, bearer(authorization), f"hold:{id}", [Action.HOLD])
        await self._holds.remove(id)
        return Response(status_code=204)

    async def _placed(self, hold: Hold) -> HoldPlaced:
        """What the hold came too late for, or was never recorded: nobody can tell the two apart."""
        asked = Span(hold.start_ns, max(hold.start_ns, min(hold.end_ns, self._clock.utc_ns() - _FRESH_NS)))
        footage = await self._catalogue.between(StreamId.parse(hold.stream), asked.start_ns, asked.end_ns)
        missing = gaps(present(footage, asked), asked)
        named = tuple(Stretch(instant_of(gap.start_ns), instant_of(gap.end_ns)) for gap in missing[:_NAMED])
        return HoldPlaced(named, len(missing) - len(named))

    async def evidence_key(self) -> Response:
        """The public key that verifies exports; it is no secret."""
        return Response(self._key.pem(), media_type="application/x-pem-file")


def json_answer(message: object, status: int) -> Response:
    """A message as an answer."""
    return Response(encode(message), status, media_type="application/json")


async def body_of(request: Request) -> bytes:
    """The body of a request. Raises TooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise TooLarge(why("body-too-large", "the order is larger than one can be"))
    return bytes(body)


def export_routes(
    jobs: ExportJobs,
    holds: Holds,
    catalogue: Catalogue,
    clock: Clock,
    guard: TicketGuard,
    key: EvidencePublicKey,
) -> APIRouter:
    """The routes of exports and holds."""
    return ExportRoutes(jobs, holds, catalogue, clock, guard, key).router
