"""Asks control_room what to record and tells it how recording is."""

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
from storage.index.policies import PolicyRows
from storage.model.deadline import MAX_DAYS, days_kept

_EVERY_S = 1.0
_REPORT_EVERY_NS = 5_000_000_000
_TIMEOUT_S = 5.0
_MAX_BODY = 32 << 20


class PolicyPoller:
    """Polls once a second; what was last known stays in force while control_room is away."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        rows: PolicyRows,
        clock: Clock,
        *,
        apply: Callable[[Sequence[RecordingPolicy]], None],
        reports: Callable[[], Awaitable[tuple[RecordingReport, ...] | None]],
        heard: Callable[[CameraStandings], None],
    ) -> None:
        """`reports` gives how each recording is, None where another process tells that."""
        self._client = client
        self._rows = rows
        self._clock = clock
        self._apply = apply
        self._reports = reports
        self._heard = heard
        self._etag: str | None = None
        self._told: tuple[RecordingReport, ...] | None = None
        self._told_ns = 0
        self._trouble: str | None = None
        self._log = get_logger("storage")

    async def start_from_last_known(self) -> None:
        """Record what was to be recorded when control_room last said so."""
        self._apply(await self._rows.all())

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
        answer = await self._client.get("/api/v1/recorder/policies", headers=headers, timeout=_TIMEOUT_S)
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
        self._apply(policies)
        self._etag = answer.headers.get("etag")

    async def report(self) -> None:
        """Tell how each recording is, and hear how the cameras are of those that wait: on change, and every
        5 s. Raises httpx.HTTPError, BadInput."""
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
