"""What the OpenAPI 3.1 documents of services have in common: problems, messages, tickets, no framework."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypedDict

from pydantic import TypeAdapter

from shared.errors import PROBLEM_MEDIA_TYPE

Members = dict[str, object]
"""A JSON object of a document."""

STATUSES: Mapping[int, str] = {
    400: "What came in cannot be used; `field` says where.",
    401: "Nobody known is asking.",
    403: "Somebody known, who may not.",
    404: "There is no such thing.",
    408: "The body did not come in time.",
    409: "The state of things forbids it.",
    412: "It has changed since the asker last saw it.",
    413: "The body is too large.",
    414: "The address is too long.",
    415: "Well-formed, but of a kind that is not taken here.",
    416: "There is no such range: `Content-Range` says how much there is.",
    428: "Say which state of it is meant: `If-Match` is needed.",
    429: "Too many tries: wait as many seconds as `Retry-After` says.",
    503: "Something this service needs does not answer.",
}
AT_THE_DOOR = (408, 414)
"""What `shared.door` answers to any request."""

_PROBLEM: Members = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:beffroi:problem:ticket-refused"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence in English."},
        "instance": {"type": "string", "description": "The path of the request."},
        "field": {"type": "string", "description": "The part of the request at fault."},
        "reason": {"type": "string", "description": "Why it is there no more, in one word."},
        "retry_after_s": {"type": "integer", "description": "Seconds to wait, with 429."},
        "why": {
            "description": "`detail` as a code with parameters, to be worded in any language.",
            "type": "object",
            "required": ["code", "params"],
            "properties": {
                "code": {"type": "string"},
                "params": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
            },
        },
    },
}
_TICKET: Members = {
    "type": "http",
    "scheme": "bearer",
    "description": "A ticket that control_room has signed; where a query has `ticket`, it may stand there.",
}


def problems(*statuses: int) -> dict[int | str, Members]:
    """The responses of an operation that may answer with problems of these statuses."""
    return {status: _problem(status) for status in statuses}


def reference(name: str) -> Members:
    """The schema of that name among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(name: str) -> Members:
    """Content of the schema of that name."""
    return {"application/json": {"schema": reference(name)}}


def text_of(media_type: str) -> Members:
    """Content of a media type that is no JSON."""
    return {media_type: {"schema": {"type": "string"}}}


class Said(TypedDict):
    """What FastAPI is told of a route whose answers have no class of their own."""

    operation_id: str
    status_code: int
    response_model: None
    responses: dict[int | str, Members]
    openapi_extra: Members


def said(
    operation_id: str,
    answers: Mapping[int | str, Members],
    refusals: tuple[int, ...],
    *,
    takes: Members | None = None,
    ticket: bool = False,
) -> Said:
    """Of a route: its answers, the usual one first; the problems it may answer with; the body it takes."""
    extra: Members = {} if takes is None else {"requestBody": {"required": True, "content": takes}}
    if ticket:
        extra["security"] = [{"ticket": []}]
    return Said(
        operation_id=operation_id,
        status_code=int(next(iter(answers))),
        response_model=None,
        responses={**answers, **problems(*refusals)},
        openapi_extra=extra,
    )


def headers(**described: str) -> Members:
    """Headers of an answer; an underscore stands for a hyphen."""
    return {
        name.replace("_", "-"): {"description": said, "schema": {"type": "string"}}
        for name, said in described.items()
    }


def schemas(*, taken: Sequence[type] = (), given: Sequence[type] = ()) -> Members:
    """The schemas of the messages an application takes and gives, by name."""
    wanted: list[tuple[str, Literal["validation", "serialization"], TypeAdapter[object]]] = [
        *((kind.__name__, "validation", TypeAdapter(kind)) for kind in taken),
        *((kind.__name__, "serialization", TypeAdapter(kind)) for kind in given),
    ]
    _, made = TypeAdapter.json_schemas(wanted, ref_template="#/components/schemas/{model}")
    found = made["$defs"]
    assert isinstance(found, dict)
    return found


def completed(made: Members, schemas: Members) -> Members:
    """A framework's document with what it does not know of: problems, schemas, tickets, the door's answers.

    A framework's own 422 goes: all services answer 400.
    """
    for operation in _operations(made):
        responses = _object(operation["responses"])
        responses.pop("422", None)
        for status in AT_THE_DOOR:
            responses.setdefault(str(status), _problem(status))
    made["components"] = {
        "schemas": {"Problem": _PROBLEM, **schemas},
        "securitySchemes": {"ticket": _TICKET},
    }
    return made


def print_document(made: Members) -> None:
    """Print a document, the same for the same code."""
    json.dump(made, sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")


def _problem(status: int) -> Members:
    return {
        "description": STATUSES[status],
        "content": {PROBLEM_MEDIA_TYPE: {"schema": reference("Problem")}},
    }


def _operations(made: Members) -> Iterator[Members]:
    for path in _object(made["paths"]).values():
        yield from map(_object, _object(path).values())


def _object(found: object) -> Members:
    assert isinstance(found, dict)
    return found
