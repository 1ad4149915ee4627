"""Bodies of requests, as long as they may be and no longer; the answer to an offer."""

from typing import TypeVar

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from mux.sessions.admission import Admitted
from shared.causes import technical
from shared.errors import BadInput, TooLarge, Unsupported
from shared.json_text import check_json
from shared.reasons import why

SDP = "application/sdp"
LEASE = "text/plain"
Read = TypeVar("Read")
MAX_JSON_BYTES = 64 * 1024


async def text_of(request: Request, media_type: str, most_bytes: int) -> str:
    """A body of a media type as text. Raises Unsupported, TooLarge, BadInput."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != media_type:
        raise Unsupported(
            why(
                "body-of-other-type",
                "the body must come as {media_type}, not as {said}",
                media_type=media_type,
                said=said or "nothing named",
            )
        )
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise TooLarge(why("body-too-large", "the body is longer than {most} bytes", most=most_bytes))
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadInput(why("request-unreadable", "the body is not UTF-8 text")) from error


async def json_of(request: Request, kind: TypeAdapter[Read]) -> Read:
    """A JSON body as what it has to be. Raises as `text_of` does."""
    text = await text_of(request, "application/json", MAX_JSON_BYTES)
    check_json(text.encode())
    try:
        return kind.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        cause = technical(str(first["msg"]))
        raise BadInput(
            why(
                "request-part-wrong",
                "{part}: {cause}",
                part=where or "the body",
                cause=cause,
            ),
            where or None,
        ) from error


def created(admitted: Admitted) -> Response:
    """The answer to who was let in."""
    headers = {
        "Location": f"/whep/sessions/{admitted.id}",
        "ETag": admitted.etag,
        "Cache-Control": "no-store",
    }
    return Response(admitted.answer, 201, headers, SDP)
