"""Writes down what keeps streams from being recorded while it does: later nobody could tell."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.clock import Clock
from shared.gap_causes import GapCause
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.storage import (
    CameraStanding,
    CameraStandings,
    RecordingPolicy,
    RecordingReport,
    RecordingStatus,
)
from shared.spans import Span
from shared.utc import ns_of
from storage.index.interruptions import LONGEST_NS, InterruptionRows
from storage.index.marks import Marks
from storage.model.deadline import MAX_DAYS, deadline_ns
from storage.model.interruptions import ALL_STREAMS, Interruption
from storage.model.standing_cause import standing_cause

_EVERY_S = 1.0
_ALIVE_EVERY_NS = 10_000_000_000
_HEARD_NS = 15_000_000_000
_AGAIN_NS = 10_000_000_000
"""What comes back so soon goes on in its row: a camera that fails every second makes no row a second."""

_ALIVE, _STOPPED = "recorder-alive{owner}", "recorder-stopped{owner}"
_ROLLED_NS = LONGEST_NS - 60_000_000_000
_MOST_DAYS_DOWN = 31


@dataclass(slots=True)
class _Lasting:
    """What keeps a stream from being recorded, in its row; `over_ns` once it ended."""

    row: int
    cause: GapCause
    start_ns: int
    over_ns: int | None = None


@dataclass(slots=True)
class _Change:
    """What one look changes in the index, and what is remembered once it has."""

    ended: list[tuple[int, int | None]] = field(default_factory=list)
    begun: list[tuple[Interruption, int]] = field(default_factory=list)
    lasting: dict[str, _Lasting | None] = field(default_factory=dict)


class Interruptions:
    """`reports` tells how recordings are, `may_publish` whether a commune's worker is recorded at all."""

    def __init__(
        self,
        rows: InterruptionRows,
        marks: Marks,
        clock: Clock,
        *,
        reports: Callable[[], Sequence[RecordingReport]],
        may_publish: Callable[[str], bool],
    ) -> None:
        self._rows = rows
        self._marks = marks
        owner = f":{rows.owner}" if rows.owner else ""
        self._alive, self._stopped = _ALIVE.format(owner=owner), _STOPPED.format(owner=owner)
        self._clock = clock
        self._reports = reports
        self._may_publish = may_publish
        self._policies: dict[str, RecordingPolicy] = {}
        self._lowered: dict[str, int] = {}
        self._unwanted: dict[str, datetime] = {}
        self._heard: dict[str, CameraStanding] = {}
        self._heard_ns = 0
        self._lasting: dict[str, _Lasting] = {}
        self._alive_ns: int | None = None
        self._log = get_logger("storage")

    def want(self, policies: Iterable[RecordingPolicy], now: datetime) -> None:
        """What is to be recorded from now on, and what not."""
        before, self._policies = self._policies, {policy.stream: policy for policy in policies}
        for stream, policy in self._policies.items():
            if policy.days < (before[stream].days if stream in before else MAX_DAYS):
                self._lowered[stream] = policy.days
        unwanted = [policy.stream for policy in self._policies.values() if not policy.recorded]
        self._unwanted = {stream: self._unwanted.get(stream, now) for stream in unwanted}

    def hear(self, standings: CameraStandings) -> None:
        """How cameras are that are waited for."""
        self._heard = {one.stream: one for one in standings.cameras}
        self._heard_ns = self._clock.monotonic_ns()

    async def begin(self) -> None:
        """Write down that nothing was recorded since storage was here last. Raises Unavailable."""
        now_ns = self._clock.utc_ns()
        alive, stopped = await self._marks.get(self._alive), await self._marks.get(self._stopped)
        cause = GapCause.RECORDER if stopped is None else GapCause.MAINTENANCE
        last_ns = int(stopped or alive or now_ns)
        await self._rows.end_all(min(last_ns, now_ns))
        since_ns = max(last_ns, now_ns - _MOST_DAYS_DOWN * LONGEST_NS)
        down = [
            Interruption(ALL_STREAMS, cause, Span(at_ns, min(at_ns + LONGEST_NS, now_ns)))
            for at_ns in range(since_ns, now_ns, LONGEST_NS)
        ]
        await self._rows.change([], [(one, _due_ns(one, MAX_DAYS)) for one in down])
        await self._mark_alive()
        await self._marks.clear(self._stopped)

    async def stopped(self) -> None:
        """Storage ends on purpose. Raises Unavailable."""
        now_ns = self._clock.utc_ns()
        await self._rows.end_all(now_ns)
        await self._marks.set(self._stopped, str(now_ns))

    async def run(self) -> None:
        """Look for ever. Raises Unavailable when the index does: whoever runs this tries again."""
        while True:
            await self.look()
            await self._clock.sleep(_EVERY_S)

    async def look(self) -> None:
        """Write down what changed since the last look."""
        if self._lowered:
            lowered = dict(self._lowered)
            await self._rows.lower(lowered)
            # What was lowered again meanwhile waits for the next look.
            self._lowered = {one: days for one, days in self._lowered.items() if lowered.get(one) != days}
        now_ns, change = self._clock.utc_ns(), _Change()
        causes = self._causes()
        for stream in {*causes, *self._lasting}:
            self._judge(change, stream, causes.get(stream), now_ns)
        if change.ended or change.begun:
            made = await self._rows.change(change.ended, change.begun)
            for (one, _), row in zip(change.begun, made, strict=True):
                change.lasting[one.stream] = _Lasting(row, one.cause, one.span.start_ns)
        for stream, lasting in change.lasting.items():
            if lasting is None:
                self._lasting.pop(stream, None)
            else:
                self._lasting[stream] = lasting
        if self._alive_ns is None or self._clock.monotonic_ns() - self._alive_ns >= _ALIVE_EVERY_NS:
            await self._mark_alive()

    async def sweep_once(self) -> None:
        """Forget what is past its deadline."""
        await self._rows.forget(self._clock.utc_ns())

    async def _mark_alive(self) -> None:
        await self._marks.set(self._alive, str(self._clock.utc_ns()))
        self._alive_ns = self._clock.monotonic_ns()

    def _causes(self) -> dict[str, tuple[GapCause, datetime]]:
        fresh = self._clock.monotonic_ns() - self._heard_ns <= _HEARD_NS
        found = {stream: (GapCause.AUTHORISATION, since) for stream, since in self._unwanted.items()}
        for report in self._reports():
            if report.status is RecordingStatus.RECORDING:
                continue
            standing = self._heard.get(report.stream) if fresh else None
            publishes = self._may_publish(StreamId.parse(report.stream).commune)
            cause = standing_cause(report, standing, may_publish=publishes)
            if cause is not None:
                found[report.stream] = cause
        return found

    def _judge(
        self, change: _Change, stream: str, told: tuple[GapCause, datetime] | None, now_ns: int
    ) -> None:
        known = self._lasting.get(stream)
        if known is not None and known.over_ns is not None:
            if told is not None and told[0] is known.cause and now_ns - known.over_ns <= _AGAIN_NS:
                change.ended.append((known.row, None))
                change.lasting[stream] = _Lasting(known.row, known.cause, known.start_ns)
                return
            change.lasting[stream] = None
            known = None
        same = known is not None and told is not None and told[0] is known.cause
        if known is not None and same and now_ns - known.start_ns < _ROLLED_NS:
            return
        since_ns = now_ns if told is None or same else _since_ns(told[1], now_ns)
        if known is not None:
            end_ns = max(known.start_ns, since_ns)
            change.ended.append((known.row, end_ns))
            change.lasting[stream] = _Lasting(known.row, known.cause, known.start_ns, now_ns)
        if told is not None:
            begun = Interruption(stream, told[0], Span(since_ns, since_ns))
            change.begun.append((begun, _due_ns(begun, self._days(stream))))

    def _days(self, stream: str) -> int:
        policy = self._policies.get(stream)
        return MAX_DAYS if policy is None else policy.days


def _since_ns(told: datetime, now_ns: int) -> int:
    """An instant that another clock told, within what a row may last."""
    return min(now_ns, max(ns_of(told), now_ns - LONGEST_NS // 2))


def _due_ns(one: Interruption, days: int) -> int:
    return deadline_ns(one.span.start_ns, days)
