"""The built page over canned answers: no service runs, and every failure can be made to happen."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Route

from tests.support.canned_answers import PEOPLE, answers
from tests.support.whole import ROOT

ORIGIN = "http://localhost:1"
"""Nothing listens there: whatever is not canned fails."""
DIST = ROOT / "control_room" / "web" / "dist"


@dataclass(slots=True)
class Canned:
    """A server that is made of answers. `asked` counts each GET by its path."""

    kind: str = "operator"
    answers: dict[str, object] = field(default_factory=answers)
    asked: dict[str, int] = field(default_factory=dict)
    failing: Callable[[str], int | None] = lambda path: None
    """What a path fails with: a status, 0 if nobody answers, -1 if nothing comes, None if all is well."""

    async def _api(self, route: Route, path: str) -> None:
        if route.request.method == "GET":
            self.asked[path] = self.asked.get(path, 0) + 1
        status = self.failing(path)
        if status == 0:
            await route.abort()
        elif status is not None and status > 0:
            problem = {
                "type": "urn:beffroi:problem:canned",
                "title": "canned",
                "status": status,
                "detail": "canned",
            }
            await route.fulfill(status=status, json=problem)
        elif status is None:
            await self._answer(route, path)

    async def _answer(self, route: Route, path: str) -> None:
        if path == "/session":
            person = next(one for one in PEOPLE if one["kind"] == self.kind)
            await route.fulfill(
                json={"session": "s-1", "person": person, "until": "2030-01-01T00:00:00Z", "idle_s": 60}
            )
        elif route.request.method != "GET":
            await route.fulfill(status=204)
        elif path not in self.answers:
            await route.fulfill(status=404, json={"status": 404, "detail": "canned"})
        else:
            found = self.answers[path]
            await route.fulfill(json={"items": found, "next": None} if isinstance(found, list) else found)

    async def take(self, route: Route) -> None:
        """Answers whatever the page asks for."""
        path = urlsplit(route.request.url).path
        if path.startswith("/api/v1"):
            await self._api(route, path.removeprefix("/api/v1"))
            return
        file = DIST / ("index.html" if path == "/" else path.lstrip("/"))
        if file.is_file():
            await route.fulfill(path=file)
        else:
            await route.abort()


@asynccontextmanager
async def canned_context(
    browser: Browser, server: Canned, *, width: int = 1440
) -> AsyncIterator[BrowserContext]:
    """A visitor whose every question the canned server answers."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, locale="fr-FR")
    await context.route("**/*", lambda route: server.take(route))
    try:
        yield context
    finally:
        await context.close()
