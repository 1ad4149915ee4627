"""Renders what goes wrong in a request as RFC 9457 problems."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.causes import technical
from shared.errors import BadInput, BeffroiError, NotFound, problem
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
        if error.status_code == 404:
            return _answer(NotFound(why("no-address", "there is nothing at this address")), request)
        made = problem(BadInput(str(error.detail)), request.url.path)
        return Response(made.body, error.status_code, dict(error.headers or {}) | made.headers)
