"""Beffroi's errors as RFC 9457 problems on this service's HTTP."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.causes import technical
from shared.errors import BadInput, BeffroiError, MethodNotAllowed, NotFound, problem
from shared.reasons import why


def install(app: FastAPI) -> None:
    """Answer each BeffroiError, and each request that does not validate, with a problem."""
    app.add_exception_handler(BeffroiError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_framework)


async def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, BeffroiError)
    rendered = problem(error, request.url.path)
    return Response(rendered.body, rendered.status, rendered.headers)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    cause = technical(str(first["msg"]))
    return await _on_error(
        request,
        BadInput(
            why("request-part-wrong", "{part}: {cause}", part=where, cause=cause),
            where,
        ),
    )


async def _on_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = await _on_error(request, _of_status(error))
    answer.headers.update(error.headers or {})
    return answer


def _of_status(error: HTTPException) -> BeffroiError:
    if error.status_code == NotFound.status:
        return NotFound(why("no-address", "there is nothing at this address"))
    if error.status_code == MethodNotAllowed.status:
        return MethodNotAllowed(why("no-method", "this address does not know this method"))
    return BadInput(why("request-unreadable", "the request cannot be read"))
