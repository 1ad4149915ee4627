"""Renders what goes wrong in a request as RFC 9457 problems."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.causes import technical
from shared.errors import BadInput, BeffroiError, MethodNotAllowed, NotFound, problem
from shared.reasons import why


def _answer(error: BeffroiError, request: Request) -> Response:
    made = problem(error, request.url.path)
    return Response(made.body, made.status, made.headers)


def install(app: FastAPI) -> None:
    """Make `app` answer every error as a problem."""

    @app.exception_handler(BeffroiError)
    async def ours(request: Request, error: BeffroiError) -> Response:
        return _answer(error, request)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        cause = technical(str(first["msg"]))
        return _answer(
            BadInput(
                why("request-part-wrong", "{part}: {cause}", part=where, cause=cause),
                where,
            ),
            request,
        )

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        made = _answer(_of_status(error), request)
        made.headers.update(error.headers or {})
        return made


def _of_status(error: HTTPException) -> BeffroiError:
    if error.status_code == NotFound.status:
        return NotFound(why("no-address", "there is nothing at this address"))
    if error.status_code == MethodNotAllowed.status:
        return MethodNotAllowed(why("no-method", "this address does not know this method"))
    return BadInput(why("request-unreadable", "the request cannot be read"))
