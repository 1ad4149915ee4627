"""Wraps the application: size of bodies, requests forged by other sites, security headers."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_room.http.http_errors import answer
from shared.errors import BeffroiError, Forbidden, TooLarge, Unsupported
from shared.json_text import check_json
from shared.reasons import why

API = "/api/"
# Workers and the recorder bring a bearer token, which no other site can make a browser add.
_MACHINES = ("/api/v1/worker/", "/api/v1/recorder/")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_BODY = 1 << 20
MARK = "x-beffroi"


def content_security_policy(services: Iterable[str]) -> str:
    """The page may run its own scripts and talk to this service and to `services` (base URLs)."""
    origins = sorted({f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in services})
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "manifest-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            " ".join(("connect-src 'self'", *origins)),
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Shield:
    """`services` are the base URLs the page talks to; `https` tells browsers never to come without TLS."""

    def __init__(self, app: ASGIApp, services: Iterable[str], *, https: bool) -> None:
        self._app = app
        self._headers = {
            "content-security-policy": content_security_policy(services),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
        }
        if https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if scope["path"].startswith(API):
                    headers["cache-control"] = "no-store"
            await send(message)

        try:
            self._refuse_forged(scope)
            body = await _whole_body(receive)
            if body and scope["path"].startswith(API) and _is_json(scope):
                check_json(body)
        except BeffroiError as error:
            await answer(error, scope["path"])(scope, receive, send_shielded)
            return
        await self._app(scope, _replayed(body, receive), send_shielded)

    def _refuse_forged(self, scope: Scope) -> None:
        """Raise Forbidden for a request that another site may have made a signed-in browser send."""
        path, method = scope["path"], scope["method"]
        if method in _SAFE or not path.startswith(API) or path.startswith(_MACHINES):
            return
        headers = Headers(scope=scope)
        if headers.get(MARK) != "1":
            raise Forbidden(
                why("header-needed", "requests that change something need the header X-Beffroi: 1")
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            raise Forbidden(why("other-site", "the request comes from another site"))
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden(why("other-site", "the request comes from another site"))
        if method != "DELETE" and not _is_json(scope):
            raise Unsupported(why("body-not-json", "the body must be application/json"))


def _is_json(scope: Scope) -> bool:
    kind = Headers(scope=scope).get("content-type", "")
    return kind.partition(";")[0].strip().lower() == "application/json"


async def _whole_body(receive: Receive) -> bytes:
    """All of a body, so that nothing behind reads an endless one. Raises TooLarge beyond 1 MiB."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _MAX_BODY:
            raise TooLarge(why("body-too-large", "the body is larger than {most} bytes", most=_MAX_BODY))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
