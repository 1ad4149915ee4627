"""Gives leases to mux and storage, server to server. Every foreign error becomes ours here."""

import httpx

from shared.errors import Unavailable

_TIMEOUT_S = 2.0


class LeaseClient:
    """Raises Unavailable for a service that does not take a lease."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(transport=transport, trust_env=False, timeout=_TIMEOUT_S)

    async def give(self, url: str, token: str) -> None:
        """Give the service at `url` a lease."""
        try:
            answer = await self._client.put(
                f"{url}/lease", content=token, headers={"content-type": "text/plain"}
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"it cannot be reached: {type(error).__name__}") from error
        if not answer.is_success:
            raise Unavailable(f"it answers {answer.status_code}")

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
