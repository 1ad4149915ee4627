"""Which problems a route may answer with, for the OpenAPI document."""

from control_room.http.schemas.common import Problem
from shared.openapi import STATUSES

_DESCRIPTIONS = {
    **STATUSES,
    400: "What came in cannot be used; `field` and `errors` say where.",
    403: "Somebody known, who may not; or a request another site may have forged.",
    415: "The body is not JSON.",
}
Responses = dict[int | str, dict[str, object]]


def problems(*statuses: int) -> Responses:
    """The `responses` of a route that may answer with these statuses."""
    return {status: {"model": Problem, "description": _DESCRIPTIONS[status]} for status in statuses}


READING = problems(400, 401, 403, 503)
READING_ONE = problems(400, 401, 403, 404, 503)
WRITING = problems(400, 401, 403, 404, 409, 413, 415, 503)
MACHINE = problems(400, 401, 403, 413, 415, 503)
