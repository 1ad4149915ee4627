"""Every error leaves as an RFC 9457 problem; members at fault are named, their values never quoted."""

import json
from collections.abc import Sequence
from dataclasses import replace

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from control_room.http.validation import fault_of
from shared.errors import (
    BadInput,
    BeffroiError,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unsupported,
    problem,
)
from shared.reasons import why


def answer(error: BeffroiError, path: str | None = None) -> Response:
    """The problem of an error as a response."""
    made = problem(error, path)
    return Response(made.body, made.status, made.headers)


def handle_errors(app: FastAPI) -> None:
    """Make `app` answer every error with a problem."""

    async def known(request: Request, error: Exception) -> Response:
        # Registered for BeffroiError alone.
        assert isinstance(error, BeffroiError)
        return answer(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _invalid(request, error.errors())

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = answer(_of_status(error.status_code), request.url.path)
        response.headers.update(error.headers or {})
        return response

    async def unforeseen(request: Request, _error: Exception) -> Response:
        # Starlette raises it again after the answer, so that it is logged.
        return answer(
            BeffroiError(why("unforeseen", "an unforeseen error; it has been logged")), request.url.path
        )

    app.add_exception_handler(BeffroiError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unforeseen)


def _invalid(request: Request, found: Sequence[dict[str, object]]) -> Response:
    faults = [fault_of(item) for item in found]
    errors = [{"field": field, "detail": why.text, "why": why.wire()} for field, why in faults]
    field, first = faults[0]
    made = problem(BadInput(replace(first, text=f"{field}: {first.text}"), field), request.url.path)
    body = json.loads(made.body) | {"errors": errors}
    return Response(json.dumps(body, ensure_ascii=False), made.status, made.headers)


def _of_status(status: int) -> BeffroiError:
    if status == NotFound.status:
        return NotFound(why("no-address", "there is nothing at this address"))
    if status == MethodNotAllowed.status:
        return MethodNotAllowed(why("no-method", "this address does not know this method"))
    if status == TooLarge.status:
        return TooLarge(why("body-too-large", "the body is too large"))
    if status == Unsupported.status:
        return Unsupported(why("body-not-json", "the body is not JSON"))
    return (
        BadInput(why("request-unreadable", "the request cannot be read"))
        if status < 500
        else BeffroiError(why("unforeseen", "an unforeseen error"))
    )
