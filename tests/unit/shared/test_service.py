import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from random import Random

import pytest

from shared import metrics
from shared.backoff import Backoff
from shared.clock import SimulatedClock
from shared.errors import NotFound, Unavailable
from shared.service import Service
from tests.support.ports import free_port
from tests.unit.shared.running import running, served

Work = Callable[[], Awaitable[None]]


async def test_a_check_that_fails_hides_no_other() -> None:
    service = Service("some", status_port=0)
    service.check("broken", lambda: f"{1 // 0}")
    service.check("disk", lambda: "the disk is full")
    assert service.health()["disk"] == "the disk is full"
    assert "ZeroDivisionError" in service.health()["broken"]


async def test_health_shows_no_password() -> None:
    service = Service("some", status_port=0)
    service.check("redis", lambda: "redis://:hunter2@host does not answer")
    assert "hunter2" not in str(service.health())


async def test_a_taken_status_port_is_said_in_one_sentence() -> None:
    port = free_port()
    async with served(Service("first", status_port=port), port):
        with pytest.raises(Unavailable) as refusal:
            await Service("second", status_port=port).run()
    assert refusal.value.detail == (
        f"second cannot open its status port 127.0.0.1:{port}: Address already in use"
    )


async def test_a_port_that_no_machine_has_is_said_in_one_sentence() -> None:
    with pytest.raises(Unavailable, match="cannot open its status port"):
        await Service("some", status_port=70_000).run()


async def test_a_taken_status_port_stops_what_was_running() -> None:
    port = free_port()
    closed: list[str] = []

    async def close() -> None:
        closed.append("closed")

    async with served(Service("first", status_port=port), port):
        second = Service("second", status_port=port)
        second.on_stop(close)
        second.supervise("work", _for_ever)
        with pytest.raises(Unavailable):
            await second.run()
    assert closed == ["closed"]


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_parts_end_in_the_reverse_of_their_beginning() -> None:
    ended: list[str] = []
    service = Service("some", status_port=free_port())

    def closer(name: str) -> Work:
        async def close() -> None:
            ended.append(name)

        return close

    async def work() -> None:
        try:
            await _for_ever()
        finally:
            ended.append("work")

    service.on_stop(closer("bus"))
    service.supervise("work", work)
    service.on_stop(closer("http"))
    async with running(service):
        await asyncio.sleep(0)
    assert ended == ["http", "work", "bus"]


async def test_a_part_that_cannot_close_keeps_no_other_open() -> None:
    ended: list[str] = []
    service = Service("some", status_port=free_port())

    async def good() -> None:
        ended.append("good")

    async def bad() -> None:
        raise OSError("gone already")

    service.on_stop(good)
    service.on_stop(bad)
    async with running(service):
        pass
    assert ended == ["good"]


async def test_a_part_whose_own_task_was_cancelled_keeps_no_other_open() -> None:
    ended: list[str] = []
    service = Service("some", status_port=free_port())

    async def good() -> None:
        ended.append("good")

    async def cancelled() -> None:
        raise asyncio.CancelledError

    service.on_stop(good)
    service.on_stop(cancelled)
    async with running(service):
        pass
    assert ended == ["good"]


async def test_work_that_fails_is_started_again() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(clock.monotonic_ns())
        raise NotFound("no such camera")

    service.supervise("work", work, backoff=Backoff(first_s=1, limit_s=4, random=Random(1)))
    async with running(service):
        await clock.advance(30)
    assert len(starts) >= 5


async def test_work_that_ends_is_started_again() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(1)

    service.supervise("work", work)
    async with running(service):
        await clock.advance(2)
    assert len(starts) >= 2


async def test_waits_grow_while_work_keeps_failing() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(clock.monotonic_ns())
        raise RuntimeError("a fault nobody foresaw")

    service.supervise("work", work, backoff=Backoff(first_s=1, limit_s=60, random=Random(1)))
    async with running(service):
        await clock.advance(60)
    waits = [after - before for before, after in pairwise(starts)]
    assert waits == sorted(waits)


async def test_work_that_ran_for_long_starts_again_soon() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(clock.monotonic_ns())
        await clock.sleep(120)
        raise NotFound("lost")

    service.supervise("work", work, backoff=Backoff(first_s=1, limit_s=600, random=Random(1)))
    async with running(service):
        for _ in range(8):
            await clock.advance(121)
    assert starts[-1] - starts[-2] <= 121_000_000_000


async def test_each_restart_is_counted() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)

    async def work() -> None:
        raise NotFound("lost")

    service.supervise("counted work", work)
    async with running(service):
        await clock.advance(1)
    assert b'beffroi_work_restarts_total{work="counted work"}' in metrics.render()


async def test_work_that_waits_to_be_started_again_does_not_delay_the_stop() -> None:
    service = Service("some", status_port=free_port())

    async def work() -> None:
        raise NotFound("lost")

    service.supervise("work", work, backoff=Backoff(first_s=600, limit_s=600))
    started = time.monotonic()
    async with running(service):
        await asyncio.sleep(0)
    assert time.monotonic() - started < 5


async def test_a_service_ends_with_the_failure_of_its_part() -> None:
    service = Service("some", status_port=free_port())
    service.fail(Unavailable("the disk has gone"))
    with pytest.raises(Unavailable, match="the disk has gone"):
        await service.run()
