"""What control_room wants recorded is followed, and goes on while it is away."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx
import pytest

from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.messages.codec import encode
from shared.messages.ingest import CameraStatus
from shared.messages.storage import (
    CameraStanding,
    CameraStandings,
    RecordingPolicies,
    RecordingPolicy,
    RecordingReport,
)
from shared.utc import instant_of
from storage.index.database import Database
from storage.index.policies import PolicyRows
from storage.lifecycle.policies import PolicyPoller
from tests.support.pictures import STREAM
from tests.unit.storage.rows import index_in_memory
from tests.unit.storage.workshop import policy


@dataclass
class ControlRoom:
    """Answers with policies, and counts what it is told."""

    policies: tuple[RecordingPolicy, ...] = (policy(),)
    away: bool = False
    told: int = 0
    answers: tuple[CameraStanding, ...] | None = None
    standings: list[CameraStandings] = field(default_factory=list)
    applied: list[Sequence[RecordingPolicy]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("refused", request=request)
        if request.method == "PUT":
            self.told += 1
            if self.answers is None:
                return httpx.Response(204)
            return httpx.Response(200, content=encode(CameraStandings(self.answers)))
        if request.headers.get("if-none-match") == '"1"':
            return httpx.Response(304)
        return httpx.Response(
            200, headers={"etag": '"1"'}, content=encode(RecordingPolicies("1", self.policies))
        )

    def poller(self, database: Database, clock: SimulatedClock) -> PolicyPoller:
        async def reports() -> tuple[RecordingReport, ...]:
            return ()

        client = httpx.AsyncClient(transport=httpx.MockTransport(self), base_url="http://control")
        return PolicyPoller(
            client,
            PolicyRows(database),
            clock,
            apply=self.applied.append,
            reports=reports,
            heard=self.standings.append,
        )


async def test_policies_are_applied_once_a_change() -> None:
    control = ControlRoom()
    async with index_in_memory() as database:
        poller = control.poller(database, SimulatedClock(0))
        await poller.poll()
        await poller.poll()
    assert control.applied == [[policy()]]


async def test_one_policy_that_cannot_be_keeps_no_other_from_being_followed() -> None:
    control = ControlRoom((replace(policy(), stream="../etc"), replace(policy(), days=99), policy()))
    async with index_in_memory() as database:
        await control.poller(database, SimulatedClock(0)).poll()
    assert control.applied == [[policy()]]


async def test_what_was_known_last_is_recorded_after_a_start_without_control_room() -> None:
    control = ControlRoom()
    async with index_in_memory() as database:
        await control.poller(database, SimulatedClock(0)).poll()
        control.away = True
        again = control.poller(database, SimulatedClock(0))
        await again.start_from_last_known()
        with pytest.raises(httpx.HTTPError):
            await again.poll()
    assert list(control.applied[-1]) == [policy()]


async def test_how_recording_is_is_told_on_change_and_every_five_seconds() -> None:
    control, clock = ControlRoom(), SimulatedClock(0)
    async with index_in_memory() as database:
        poller = control.poller(database, clock)
        told = []
        for seconds in (0, 4, 1):
            await clock.advance(seconds)
            await poller.report()
            told.append(control.told)
    assert told == [1, 1, 2]


async def test_days_below_the_minimum_are_not_obeyed_and_a_minimum_that_cannot_be_is_refused() -> None:
    below = replace(policy(days=5), least_days=15)
    beyond = replace(policy(StreamId("59350", "cam-b"), days=5), least_days=32)
    control = ControlRoom((below, beyond))
    async with index_in_memory() as database:
        await control.poller(database, SimulatedClock(0)).poll()
        assert [(one.stream, one.days) for one in control.applied[-1]] == [(below.stream, 15)]
        assert [one.days for one in await PolicyRows(database).all()] == [15]


async def test_what_is_authorised_up_to_an_instant_is_recorded_no_longer_whoever_is_away() -> None:
    until = instant_of(3600 * 10**9)
    control, clock = ControlRoom((replace(policy(), until=until),)), SimulatedClock(0)
    async with index_in_memory() as database:
        await control.poller(database, clock).poll()
        control.away = True
        # After a restart too: what is kept says until when.
        poller = control.poller(database, clock)
        await poller.start_from_last_known()
        for seconds, recorded in ((3599, True), (1, False), (86_400, False)):
            await clock.advance(seconds)
            poller.end_what_is_over()
            assert [one.recorded for one in control.applied[-1]] == [recorded]
        assert [one.until for one in await PolicyRows(database).all()] == [until]


async def test_how_cameras_are_that_are_waited_for_is_heard_where_control_room_tells_it() -> None:
    standing = CameraStanding(
        str(STREAM), CameraStatus.REFUSED, datetime(2026, 11, 20, tzinfo=UTC), "refused"
    )
    control = ControlRoom(answers=(standing,))
    async with index_in_memory() as database:
        await control.poller(database, SimulatedClock(0)).report()
        control.answers = None
        await control.poller(database, SimulatedClock(0)).report()
    assert control.standings == [CameraStandings((standing,))]
