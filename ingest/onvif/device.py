"""A camera's ONVIF services, by onveef: the one file of ours that knows the library.

What the camera says of its own address is not believed: every request goes to the address that was checked,
whatever the camera names, and nothing else is ever connected to.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from xml.sax.saxutils import escape

import httpx
from onveef import AsyncOnvifClient, OnvifCredentials, OnvifEndpoint, envelopes, parsers
from onveef.exceptions import (
    OnvifAuthError,
    OnvifCapabilityMissingError,
    OnvifError,
    OnvifOperationNotSupportedError,
    OnvifServiceUnavailableError,
    OnvifTimeoutError,
)

from ingest import refusals
from ingest.addresses import Target
from ingest.onvif.clock_ahead import ClockAhead
from ingest.onvif.clock_text import date_time, read_date_time
from ingest.onvif.recordings import CardChange, CardRecording, change_of, recording_of
from ingest.onvif.refused import NoCard, busy, no_card, senseless
from ingest.ports import NoAnswer, SourceError, Unreachable
from ingest.rtsp.digest import Credentials
from shared.clock import Clock
from shared.reasons import why
from shared.spans import Span

DEVICE_PATH = "/onvif/device_service"
_CALL_S = 5.0
_SEARCH_S = 30.0
_MOST_BYTES = 1 << 20
_MOST_RECORDINGS = 1000
_MOST_CHANGES = 20_000
_MOST_ANSWERS = 100
_AT_ONCE = 200
_EMPTY_IN_A_ROW = 3
_MORE_QUESTIONS = 4
_STUMBLES = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError)
"""What the library may raise of an answer it was not made for, beside its own errors."""


class _OnlyHere(httpx.AsyncBaseTransport):
    """Lets requests to one place through, and answers that are what their length says."""

    def __init__(self, target: Target) -> None:
        self._host, self._port = target.ip, target.port
        self._inner = httpx.AsyncHTTPTransport(retries=0, limits=httpx.Limits(max_connections=2))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        place = request.url
        if place.scheme != "http" or place.host != self._host or (place.port or 80) != self._port:
            raise httpx.ConnectError("another place than the camera's", request=request)
        # What is packed may be a thousand times larger than it looks.
        request.headers["Accept-Encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            await answer.aclose()
            raise httpx.DecodingError("an answer that is packed, which was not asked for", request=request)
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Client(AsyncOnvifClient):
    """The library's client, which asks for the time without a password: one that depends on the time would
    be refused by the very cameras whose clock is wrong."""

    async def get_system_date_time(self) -> dict[str, Any]:
        answer = await self.call(
            service="device",
            operation="GetSystemDateAndTime",
            body_inner=envelopes.device_get_system_date_time(),
            require_auth=False,
        )
        return parsers.parse_system_datetime(answer)


class OnvifDevice:
    """One camera's services, from `opened`. Everything raises SourceError."""

    def __init__(self, client: _Client, place: str, clock: Clock) -> None:
        self._client, self._place, self._clock = client, place, clock

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, target: Target, credentials: Credentials, clock: Clock
    ) -> AsyncIterator["OnvifDevice"]:
        """The device behind a checked address, whose port is that of its HTTP. Raises SourceError."""
        host = f"[{target.ip}]" if ":" in target.ip else target.ip
        http = httpx.AsyncClient(
            transport=_OnlyHere(target),
            timeout=_CALL_S,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Beffroi"},
        )
        client = _Client(
            endpoint=OnvifEndpoint(f"http://{host}:{target.port}{DEVICE_PATH}"),
            credentials=OnvifCredentials(credentials.username, credentials.password),
            auto_discover=False,
            timeout_s=_CALL_S,
            retries=0,
            max_response_bytes=_MOST_BYTES,
            http_client=http,
        )
        async with http:
            device = cls(client, target.place, clock)
            await device._discover()
            yield device

    async def clock_ahead(self, *, well: bool) -> ClockAhead:
        """How far the camera's clock is ahead of ours now. It tells whole seconds: to know it `well` takes
        several questions, spread over one."""
        ahead = await self._measured()
        for _ in range(_MORE_QUESTIONS if well else 0):
            await self._clock.sleep(1 / (_MORE_QUESTIONS + 1))
            ahead = ahead.narrowed(await self._measured())
        return ahead

    async def _measured(self) -> ClockAhead:
        async with self._asking(_CALL_S):
            asked_ns = self._clock.utc_ns()
            told = await self._client.get_system_date_time()
            answered_ns = self._clock.utc_ns()
            utc = told["UTCDateTime"]
            told_ns = read_date_time(
                f"{utc['year']:04d}-{utc['month']:02d}-{utc['day']:02d}"
                f"T{utc['hour']:02d}:{utc['minute']:02d}:{utc['second']:02d}Z"
            )
        if told_ns is None:
            raise senseless(self._place)
        return ClockAhead.measured(told_ns, asked_ns, answered_ns)

    async def recordings(self) -> tuple[CardRecording, ...]:
        """The recordings with video that are on the card."""
        async with self._asking(_SEARCH_S):
            token = await self._client.find_recordings(max_matches=_MOST_RECORDINGS, keep_alive="PT10S")
            found = await self._results(token, self._client.get_recording_search_results, _MOST_RECORDINGS)
        recordings = {one.token: one for one in map(recording_of, found) if one is not None}
        return tuple(recordings.values())

    async def changes(self, recording: CardRecording, span: Span) -> tuple[CardChange, ...]:
        """When a recording began and ceased to have pictures in a span, by the camera's clock.

        Nothing of a device that keeps no such events, though it should, or is too long about them: what it
        has then shows in the replay.
        """
        body = (
            "<tse:FindEvents>"
            f"<tse:StartPoint>{date_time(span.start_ns)}</tse:StartPoint>"
            f"<tse:EndPoint>{date_time(span.end_ns)}</tse:EndPoint>"
            f"<tse:Scope><tt:IncludedRecordings>{escape(recording.token)}</tt:IncludedRecordings></tse:Scope>"
            "<tse:SearchFilter>"
            '<wsnt:TopicExpression Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
            "tns1:RecordingHistory/Track/State|tns1:RecordingHistory/Recording/State"
            "</wsnt:TopicExpression></tse:SearchFilter>"
            "<tse:IncludeStartState>true</tse:IncludeStartState>"
            "<tse:KeepAliveTime>PT10S</tse:KeepAliveTime>"
            "</tse:FindEvents>"
        )
        try:
            async with self._asking(_SEARCH_S):
                answer = await self._client.call(service="search", operation="FindEvents", body_inner=body)
                token = parsers.parse_created_token(answer, tag="SearchToken")
                found = await self._results(token, self._client.get_event_search_results, _MOST_CHANGES)
        except NoCard:
            return ()
        except SourceError as error:
            if error.settled:
                raise
            return ()
        return tuple(one for one in (change_of(item, recording.token) for item in found) if one is not None)

    async def replay_address(self, recording: CardRecording) -> str:
        """Where a recording is replayed, on whatever machine the camera says: to be led to its own."""
        async with self._asking(_CALL_S):
            return await self._client.get_replay_uri(recording_token=recording.token)

    async def _discover(self) -> None:
        async with self._asking(_CALL_S):
            services = await self._client.discover_services()
            self._client.set_endpoint(OnvifEndpoint(self._client.endpoint.device_xaddr, services=services))
        if not (services.get("search") and services.get("replay")):
            raise no_card(self._place)

    async def _results(self, token: str, ask: Callable[..., Any], most: int) -> list[object]:
        """All results of a search, in the parts in which the camera gives them."""
        if not token:
            raise senseless(self._place)
        found: list[object] = []
        empty = 0
        for _ in range(_MOST_ANSWERS):
            answer = await ask(search_token=token, min_results=1, max_results=_AT_ONCE, wait_time="PT2S")
            results = answer["results"]
            found += results
            # Some cameras never say that they are done.
            empty = 0 if results else empty + 1
            if answer["state"] == "Completed":
                return found[:most]
            if empty == _EMPTY_IN_A_ROW or len(found) >= most:
                break
        with suppress(OnvifError):
            await self._client.end_search(search_token=token)
        return found[:most]

    @asynccontextmanager
    async def _asking(self, within_s: float) -> AsyncIterator[None]:
        """Maps what the library and a stranger's answer may raise, and bounds how long it may take."""
        try:
            async with asyncio.timeout(within_s):
                yield
        except (TimeoutError, OnvifTimeoutError):
            raise refusals.late(self._place, within_s) from None
        except OnvifAuthError:
            raise refusals.account_wrong(self._place) from None
        except (OnvifCapabilityMissingError, OnvifOperationNotSupportedError):
            raise no_card(self._place) from None
        except OnvifServiceUnavailableError:
            raise busy(self._place) from None
        except OnvifError as error:
            raise self._of(error) from None
        except _STUMBLES:
            raise senseless(self._place) from None

    def _of(self, error: OnvifError) -> SourceError:
        cause = error.__cause__
        if isinstance(cause, httpx.ConnectError):
            return Unreachable(
                why("card-no-service", "{place} has no ONVIF service that answers", place=self._place)
            )
        if isinstance(cause, httpx.HTTPError):
            return NoAnswer(
                why("card-no-service", "{place} has no ONVIF service that answers", place=self._place)
            )
        return senseless(self._place)
