"""What only one may do runs where this process leads, and ends with the lead."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.clock import SimulatedClock
from shared.errors import Unavailable
from storage.sharing.leadership import SETTLING_NS, Leadership
from tests.support.eventually import eventually
from tests.unit.storage.sharing.crowd import Crowd, HandRows, Process


class HandService:
    """Keeps what it is to run and to check."""

    def __init__(self) -> None:
        self.works: dict[str, Callable[[], Awaitable[None]]] = {}
        self.probes: dict[str, Callable[[], str | None]] = {}

    def supervise(self, name: str, work: Callable[[], Awaitable[None]], /) -> None:
        self.works[name] = work

    def check(self, name: str, probe: Callable[[], str | None], /) -> None:
        self.probes[name] = probe


class Led:
    """A process with one work that only one may do."""

    def __init__(self, rows: HandRows) -> None:
        self.process = Process("p0", rows, SimulatedClock(), frozenset())
        self.clock = self.process.clock
        self.began, self.running, self.away = 0, 0, False
        self.leadership = Leadership(self.process.member, self.clock, self._begins)
        self.service = HandService()
        self.leadership.over(self.service).supervise("work", self._work)
        self.leadership.over(self.service).check("work", lambda: "late")

    async def _begins(self) -> None:
        if self.away:
            raise Unavailable("the index is away")
        self.began += 1

    async def _work(self) -> None:
        self.running += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.running -= 1

    async def looks(self) -> None:
        await self.process.member.once()
        self.leadership.look()
        await asyncio.sleep(0)


async def test_a_work_begins_with_the_lead_and_ends_with_it_each_time() -> None:
    led = Led(HandRows())
    supervised = asyncio.ensure_future(led.service.works["work"]())
    await asyncio.sleep(0)
    assert led.running == 0
    for lap in (1, 2):
        await led.looks()
        await eventually(lambda: led.running == 1, what="the work")
        assert led.leadership.is_sure()
        await led.process.member.end()
        assert not led.leadership.is_sure()
        led.leadership.look()
        await eventually(lambda: led.running == 0, what="its end")
        assert led.began == lap
    supervised.cancel()
    await asyncio.gather(supervised, return_exceptions=True)


async def test_what_a_work_raises_comes_to_whoever_supervises_it() -> None:
    led = Led(HandRows())

    async def fails() -> None:
        raise Unavailable("no")

    led.leadership.over(led.service).supervise("fails", fails)
    await led.looks()
    with pytest.raises(Unavailable, match="no"):
        await asyncio.wait_for(led.service.works["fails"](), 5)


async def test_no_work_begins_before_the_lead_has_and_that_is_tried_again() -> None:
    led = Led(HandRows())
    supervised = asyncio.ensure_future(led.service.works["work"]())
    led.away = True
    await led.looks()
    await asyncio.sleep(0.01)
    assert (led.running, led.leadership.term) == (0, None)
    led.away = False
    await led.looks()
    await eventually(lambda: led.running == 1, what="the work")
    supervised.cancel()
    await asyncio.gather(supervised, return_exceptions=True)
    assert led.running == 0


async def test_a_work_is_asked_how_it_is_once_it_has_had_the_time_to_run_here() -> None:
    led = Led(HandRows())
    probe = led.service.probes["work"]
    assert probe() is None
    await led.looks()
    await eventually(lambda: led.leadership.term is not None, what="the lead")
    assert probe() is None
    led.clock.pass_unseen(SETTLING_NS / 1e9 + 1)
    assert probe() == "late"


async def test_of_several_one_leads() -> None:
    crowd = Crowd(3, streams=0)
    await crowd.passes(3)
    assert len(crowd.leaders()) == 1
