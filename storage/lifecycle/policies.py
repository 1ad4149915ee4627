"""Asks control_room what to record and until when, and tells it how recording is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import httpx

from shared.clock import Clock
from shared.errors import BadInput, BeffroiError
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.codec import decode, encode
from shared.messages.storage import (
    CameraStandings,
    RecordingPolicies,
    RecordingPolicy,
    RecordingReport,
    RecordingReports,
)
from shared.redact import redact
from shared.utc import ns_of
from storage.index.policies import PolicyRows
from storage.model.deadline import MAX_DAYS, days_kept

_EVERY_S = 1.0
_REPORT_EVERY_NS = 5_000_000_000
_TIMEOUT_S = 5.0
_MAX_BODY = 32 << 20


class PolicyPoller:
    """Polls once a second; what was last known stays in force while control_room is away, each policy up to
    the end that it names.

    `path` is where policies are asked for. Without `reports` nothing is told.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        rows: PolicyRows,
        clock: Clock,
        *,
        apply: Callable[[Sequence[RecordingPolicy]], None],
        reports: Callable[[], Awaitable[tuple[RecordingReport, ...] | None]] | None,
        heard: Callable[[CameraStandings], None],
        path: str = "/api/v1/recorder/policies",
    ) -> None:
        """`reports` gives how each recording is, None where another process tells that."""
        self._client = client
        self._rows = rows
        self._clock = clock
        self._apply = apply
        self._reports = reports
        self._path = path
        self._known: Sequence[RecordingPolicy] = ()
        self._over: frozenset[str] = frozenset()
        self._heard = heard
        self._etag: str | None = None
        self._told: tuple[RecordingReport, ...] | None = None
        self._told_ns = 0
        self._trouble: str | None = None
        self._log = get_logger("storage")

    async def start_from_last_known(self) -> None:
        """Record what was to be recorded when control_room last said so."""
        self._follow(await self._rows.all())

    def health(self) -> str | None:
        return self._trouble

    async def run(self) -> None:
        """Poll and report, for ever. Raises Unavailable when the index does."""
        while True:
            try:
                await self.poll()
                await self.report()
                self._trouble = None
            except (httpx.HTTPError, httpx.InvalidURL, BadInput) as error:
                reason = error.detail if isinstance(error, BadInput) else redact(str(error) or repr(error))
                if self._trouble is None:
                    self._log.warning("control-room-away", reason=reason)
                self._trouble = f"control_room does not answer: {reason}"
            await self._clock.sleep(_EVERY_S)

    async def poll(self) -> None:
        """Ask once and take over what is new. Raises httpx.HTTPError, BadInput, Unavailable."""
        headers = {} if self._etag is None else {"if-none-match": self._etag}
        answer = await self._client.get(self._path, headers=headers, timeout=_TIMEOUT_S)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return
        answer.raise_for_status()
        if len(answer.content) > _MAX_BODY:
            raise BadInput("control_room's policies are larger than can be")
        told = decode(RecordingPolicies, answer.content).policies
        sane = [policy for policy in told if self._makes_sense(policy)]
        # What is kept never dies before its minimum, whatever else is told.
        policies = [replace(one, days=days_kept(one.days, one.least_days)) for one in sane]
        await self._rows.replace(policies, self._clock.utc_ns())
        self._follow(policies)
        self._etag = answer.headers.get("etag")

    async def run_ends(self) -> None:
        """End for ever what is over: beside `run`, which may wait for an answer at that instant."""
        while True:
            self.end_what_is_over()
            await self._clock.sleep(_EVERY_S)

    def end_what_is_over(self) -> None:
        """Record no longer what was authorised until now, whoever can be asked."""
        if self._over != self._over_now():
            self._follow(self._known)

    def _follow(self, policies: Sequence[RecordingPolicy]) -> None:
        self._known = policies
        self._over = self._over_now()
        self._apply([replace(one, recorded=False) if one.stream in self._over else one for one in policies])

    def _over_now(self) -> frozenset[str]:
        now_ns = self._clock.utc_ns()
        ends = ((one.stream, one.until) for one in self._known if one.recorded and one.until is not None)
        return frozenset(stream for stream, until in ends if ns_of(until) <= now_ns)

    async def report(self) -> None:
        """Tell how each recording is, and hear how the cameras are of those that wait: on change, and every
        5 s. Raises httpx.HTTPError, BadInput."""
        if self._reports is None:
            return
        reports, now_ns = await self._reports(), self._clock.monotonic_ns()
        if reports is None:
            self._told = None
            return
        if reports == self._told and now_ns - self._told_ns < _REPORT_EVERY_NS:
            return
        answer = await self._client.put(
            "/api/v1/recorder/reports",
            content=encode(RecordingReports(reports)),
            headers={"content-type": "application/json"},
            timeout=_TIMEOUT_S,
        )
        answer.raise_for_status()
        self._told, self._told_ns = reports, now_ns
        if answer.status_code != httpx.codes.NO_CONTENT:
            self._heard(decode(CameraStandings, answer.content[:_MAX_BODY]))

    def _makes_sense(self, policy: RecordingPolicy) -> bool:
        """One policy that cannot be must not keep the others from being followed."""
        try:
            StreamId.parse(policy.stream)
            if not 1 <= policy.days <= MAX_DAYS or not 0 <= policy.least_days <= MAX_DAYS:
                told = f"{policy.days} and {policy.least_days}"
                raise BadInput(f"{told} are not authorised numbers of days")
        except BeffroiError as error:
            self._log.error("policy-refused", reason=error.detail)
            return False
        return True
