"""What the `beffroi` command asks of a running control_room, as an administrator would."""

from collections.abc import Mapping
from types import TracebackType
from typing import cast

import httpx

from shared.errors import Unavailable
from shared.redact import redact

Json = Mapping[str, object]


class ControlRoom:
    """A signed-in session with control_room. Raises Unavailable with what it answered."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(
            base_url=f"{url}/api/v1", headers={"X-Beffroi": "1", "Origin": url}, timeout=15, trust_env=False
        )

    def __enter__(self) -> "ControlRoom":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def sign_in(self, login: str, password: str) -> None:
        """Open the session all other calls use."""
        self.post("/session", {"login": login, "password": password})

    def get(self, path: str) -> Json:
        return self._call("GET", path, None)

    def post(self, path: str, body: Json) -> Json:
        return self._call("POST", path, body)

    def items(self, path: str) -> list[Json]:
        """Everything a paged list holds."""
        found: list[Json] = []
        cursor: object = None
        while True:
            separator = "&" if "?" in path else "?"
            page = self.get(f"{path}{separator}limit=100" + (f"&cursor={cursor}" if cursor else ""))
            found.extend(cast("list[Json]", page["items"]))
            cursor = page.get("next")
            if not cursor:
                return found

    def _call(self, method: str, path: str, body: Json | None) -> Json:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise Unavailable(f"control_room does not answer: {redact(str(error))}") from error
        if answer.is_error:
            raise Unavailable(f"control_room refused {method} {path}: {redact(answer.text[:500])}")
        return cast("Json", answer.json()) if answer.content else {}
