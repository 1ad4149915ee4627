"""What an edge asks and tells the centre: passes of control_room, uploads to storage. The edge dials."""

import ssl
from collections.abc import Mapping
from typing import TypeVar

import httpx

from shared.clock import Clock
from shared.errors import BadInput, Forbidden, NotFound, Unavailable
from shared.messages.codec import decode, encode
from shared.messages.edge import EdgePass, EdgeReport, EdgeWanted, SegmentOffer, UploadState
from shared.redact import redact

_TIMEOUT_S = 20.0
_MAX_BODY = 1 << 20
_PASS_PATH = "/api/v1/worker/edge-pass"

T = TypeVar("T")


class Centre:
    """`control` shows the worker's credential, and shows it to nobody but control_room; `outside` shows
    storage a pass, which control_room gives for a minute.

    Every call raises Unavailable where the centre does not answer, Forbidden where it does not take us, and
    BadInput on an answer that cannot be.
    """

    def __init__(
        self, control: httpx.AsyncClient, outside: httpx.AsyncClient, commune: str, clock: Clock
    ) -> None:
        self._control = control
        self._outside = outside
        self._commune = commune
        self._clock = clock
        self._pass: tuple[EdgePass, int] | None = None

    async def report(self, report: EdgeReport) -> EdgeWanted:
        """Tell all that can be given; what to send."""
        return await self._put("", encode(report), EdgeWanted)

    async def offer(self, offer: SegmentOffer) -> UploadState:
        """Begin an upload or go on with one."""
        return await self._put("/segments", encode(offer), UploadState)

    async def send(self, sha256: str, offset: int, data: bytes) -> UploadState:
        """Some bytes of an offered segment. Raises NotFound where it must be offered again."""
        return await self._put(f"/segments/{sha256}", data, UploadState, offset=str(offset))

    async def _put(self, path: str, body: bytes, kind: type[T], **query: str) -> T:
        shown = await self._shown()
        url = f"{shown.url.rstrip('/')}/edges/{self._commune}{path}"
        headers = {"authorization": f"Bearer {shown.ticket}"}
        answer = await _asked(self._outside, url, body, headers, query)
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            self._pass = None
        return _read(answer, kind, "storage")

    async def _shown(self) -> EdgePass:
        """A pass that lasts for a while; half of its time is left to whoever shows it."""
        now_ns = self._clock.monotonic_ns()
        if self._pass is None or now_ns >= self._pass[1]:
            answer = await _asked(self._control, _PASS_PATH, b"", {}, {})
            given = _read(answer, EdgePass, "control_room")
            self._pass = given, now_ns + given.for_s * 500_000_000
        return self._pass[0]


async def _asked(
    client: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> httpx.Response:
    try:
        return await client.put(
            url,
            content=body,
            params=query,
            headers={"content-type": "application/octet-stream", **headers},
            timeout=_TIMEOUT_S,
        )
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise Unavailable(f"the centre does not answer: {redact(str(error) or repr(error))}") from error


def _read(answer: httpx.Response, kind: type[T], who: str) -> T:
    status = answer.status_code
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Forbidden(f"{who} refuses the credential of this edge ({status})")
    if status == httpx.codes.NOT_FOUND:
        raise NotFound(f"{who} knows nothing of it")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in (
        httpx.codes.TOO_MANY_REQUESTS,
        httpx.codes.REQUEST_TIMEOUT,
    ):
        raise Unavailable(f"{who} takes nothing now ({status})")
    if status != httpx.codes.OK or len(answer.content) > _MAX_BODY:
        raise BadInput(f"{who} answers {status} to what this edge tells")
    return decode(kind, answer.content)
