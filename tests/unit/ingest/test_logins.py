"""How often and how many cameras are logged in to, on a fake opener and a simulated clock."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from ingest.fake_opener import FakeOpener
from ingest.logins import HOLD_S, HOST_SPACING_S, SPACING_S, LoginGate
from ingest.ports import CameraAddress, NoAnswer, Refused, Source, SourceError, Unreachable
from shared.clock import SimulatedClock
from tests.support.told import said
from tests.unit.ingest.camera_packets import source

GATE = CameraAddress("rtsp://192.0.2.7/gate", "viewer", "hunter2")


class Rig:
    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.opener = FakeOpener()
        self.tasks: list[asyncio.Task[Source | SourceError]] = []
        self.gate = self.with_places(1000)

    def with_places(self, at_once: int) -> LoginGate:
        self.gate = LoginGate(self.opener, self.clock, Random(1), at_once=at_once)
        return self.gate

    def open(self, address: CameraAddress = GATE) -> "asyncio.Task[Source | SourceError]":
        self.tasks.append(asyncio.create_task(self._open(address)))
        return self.tasks[-1]

    async def _open(self, address: CameraAddress) -> Source | SourceError:
        try:
            return await self.gate.open(address)
        except SourceError as error:
            return error

    async def opened_after(self, seconds: float) -> int:
        await self.clock.advance(seconds)
        return len(self.opener.opened)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    for task in rig.tasks:
        task.cancel()
    await asyncio.gather(*rig.tasks, return_exceptions=True)


def _at(number: int) -> CameraAddress:
    return CameraAddress(f"rtsp://192.0.2.{number}/x")


@pytest.mark.parametrize("outcome", [NoAnswer(said("late")), Refused(said("no")), None])
async def test_a_camera_that_may_have_heard_us_is_left_alone_for_fifteen_seconds(
    rig: Rig, outcome: SourceError | None
) -> None:
    for _ in range(2):
        rig.opener.then(source() if outcome is None else outcome)
        rig.open()
        await rig.clock.advance(1)
    assert await rig.opened_after(SPACING_S - 2.1) == 1
    assert await rig.opened_after(3) == 2


async def test_a_camera_that_cannot_have_heard_us_may_be_asked_again_at_once(rig: Rig) -> None:
    for _ in range(2):
        rig.opener.then(Unreachable(said("nothing listens")))
        rig.open()
        await rig.clock.advance(0.2)
    assert len(rig.opener.opened) == 2


async def test_a_camera_that_was_good_for_long_is_asked_again_at_once(rig: Rig) -> None:
    rig.opener.then(source())
    rig.open()
    await rig.clock.advance(SPACING_S)
    rig.open()
    assert await rig.opened_after(0) == 2


async def test_another_password_is_tried_at_once(rig: Rig) -> None:
    rig.opener.then(Refused(said("no")))
    rig.open()
    await rig.clock.advance(1)
    rig.open(CameraAddress(GATE.url, "viewer", "right"))
    assert await rig.opened_after(0) == 2


async def test_the_channels_of_a_recorder_are_asked_one_after_the_other(rig: Rig) -> None:
    for number in range(10):
        rig.open(CameraAddress(f"rtsp://192.0.2.7/channel{number}"))
    assert await rig.opened_after(0) == 1
    assert await rig.opened_after(4.5 * HOST_SPACING_S) == 5
    assert await rig.opened_after(5 * HOST_SPACING_S) == 10


async def test_an_account_that_a_recorder_refuses_is_tried_once_and_not_by_each_channel(rig: Rig) -> None:
    rig.opener.then(Refused(said("192.0.2.7 refuses this user name and password")))
    tasks = [rig.open(CameraAddress(f"rtsp://192.0.2.7/{n}", "viewer", "wrong")) for n in range(8)]
    assert await rig.opened_after(2) == 1
    told = [task.result() for task in tasks]
    assert all(isinstance(error, Refused) and "refuses" in str(error) for error in told)
    assert [error.reason.code for error in told if isinstance(error, Refused)] == 8 * ["said-by-a-test"]
    rig.open(CameraAddress("rtsp://192.0.2.7/9", "viewer", "wrong"))
    await rig.clock.advance(SPACING_S)
    rig.open(CameraAddress("rtsp://192.0.2.7/10", "viewer", "wrong"))
    assert await rig.opened_after(0) == 2


async def test_a_recorder_that_asks_some_streams_for_a_password_gives_the_others(rig: Rig) -> None:
    rig.opener.then(Refused(said("asks for a user name and a password")))
    rig.opener.then(source())
    rig.open(CameraAddress("rtsp://192.0.2.7/1"))
    rig.open(CameraAddress("rtsp://192.0.2.7/2"))
    assert await rig.opened_after(1) == 2


async def test_no_more_than_so_many_are_under_way(rig: Rig) -> None:
    rig.with_places(4)
    for number in range(10):
        rig.open(_at(number))
    assert await rig.opened_after(HOLD_S - 0.1) == 4


async def test_the_dead_hold_the_living_back_for_two_seconds_each_at_most(rig: Rig) -> None:
    rig.with_places(4)
    for number in range(12):
        rig.open(_at(number))
    assert await rig.opened_after(2 * HOLD_S + 0.1) == 12


async def test_a_camera_taken_away_while_it_waits_leaves_its_place_to_the_next(rig: Rig) -> None:
    rig.with_places(1)
    rig.open(_at(1))
    waiting, last = rig.open(_at(2)), _at(3)
    await rig.clock.advance(0.5)
    waiting.cancel()
    rig.tasks[0].cancel()
    rig.open(last)
    await rig.clock.advance(0)
    assert rig.opener.opened[-1] == last


async def test_what_ends_at_once_leaves_its_place(rig: Rig) -> None:
    rig.with_places(1)
    rig.opener.then(Refused(said("no")))
    for number in range(5):
        rig.open(CameraAddress(f"rtsp://192.0.2.7/{number}", "viewer", "wrong"))
    await rig.clock.advance(1)
    rig.open(_at(8))
    assert await rig.opened_after(0) == 2


def test_no_place_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no camera"):
        LoginGate(FakeOpener(), SimulatedClock(), Random(1), at_once=0)
