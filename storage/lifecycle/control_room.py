"""What storage asks control_room about holds and tells it of the register, and what its answers say of the
time."""

from email.utils import parsedate_to_datetime

import httpx

from shared.clock import Clock
from shared.errors import BadInput, Conflict, Unavailable
from shared.evidence.ledger_news import LedgerKept
from shared.messages.codec import decode, encode
from shared.messages.storage import HeldReport, KnownHolds
from shared.redact import redact
from storage.model.instants import ns_from_datetime

_TIMEOUT_S = 5.0
_LEDGER_TIMEOUT_S = 20.0
_MAX_KEPT = 4096
_MAX_BODY = 32 << 20
_FRESH_NS = 600 * 1_000_000_000


class KnownToControlRoom:
    """Asks for holds by HTTP. Raises BadInput on an answer that cannot be, Unavailable without one."""

    def __init__(self, client: httpx.AsyncClient, path: str = "/api/v1/recorder/holds") -> None:
        self._client = client
        self._path = path

    async def __call__(self, report: HeldReport) -> KnownHolds:
        try:
            answer = await self._client.put(
                self._path,
                content=encode(report),
                headers={"content-type": "application/json"},
                timeout=_TIMEOUT_S,
            )
            answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(
                f"control_room does not tell its holds: {redact(str(error) or repr(error))}"
            ) from error
        if len(answer.content) > _MAX_BODY:
            raise BadInput("control_room's holds are larger than can be")
        return decode(KnownHolds, answer.content)


class ToldToControlRoom:
    """Tells heads of the register by HTTP. Raises Conflict where one is refused, BadInput on an answer that
    cannot be, Unavailable without one."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def __call__(self, body: bytes) -> LedgerKept:
        try:
            answer = await self._client.put(
                "/api/v1/recorder/ledger",
                content=body,
                headers={"content-type": "application/json"},
                timeout=_LEDGER_TIMEOUT_S,
            )
            if answer.status_code == httpx.codes.CONFLICT:
                raise Conflict("control_room refuses the register: it keeps another")
            answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(
                f"control_room does not keep the register: {redact(str(error) or repr(error))}"
            ) from error
        return decode(LedgerKept, answer.content[:_MAX_KEPT])


class DateWitness:
    """Knows control_room's UTC by the `Date` of all its answers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: tuple[int, int] | None = None

    async def hear(self, answer: httpx.Response) -> None:
        """A hook of the client: each answer passes here."""
        try:
            told = parsedate_to_datetime(answer.headers.get("date", ""))
            self._heard = ns_from_datetime(told, "date"), self._clock.monotonic_ns()
        except (ValueError, BadInput):
            # An answer without a usable date says nothing about the time.
            return

    def now_ns(self) -> int | None:
        """Its UTC now, None where it was not heard for ten minutes."""
        if self._heard is None:
            return None
        age_ns = self._clock.monotonic_ns() - self._heard[1]
        return self._heard[0] + age_ns if age_ns <= _FRESH_NS else None
