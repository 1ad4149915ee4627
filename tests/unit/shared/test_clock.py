import asyncio

from shared.clock import SimulatedClock, SystemClock


async def test_sleepers_wake_in_the_order_of_their_deadlines() -> None:
    clock = SimulatedClock()
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (3, 1, 2):
            group.create_task(sleeper(seconds))
        await clock.advance(5)
    assert woken == [1, 2, 3]


async def test_a_sleeper_sees_the_time_of_its_deadline() -> None:
    clock = SimulatedClock()
    seen: list[int] = []

    async def sleeper() -> None:
        await clock.sleep(1.5)
        seen.append(clock.monotonic_ns())

    async with asyncio.TaskGroup() as group:
        group.create_task(sleeper())
        await clock.advance(10)
    assert seen == [1_500_000_000]


async def test_a_sleeper_in_a_loop_wakes_each_time() -> None:
    clock = SimulatedClock()
    rounds: list[int] = []

    async def ticker() -> None:
        while True:
            await clock.sleep(1)
            rounds.append(clock.monotonic_ns())

    task = asyncio.create_task(ticker())
    await clock.advance(3)
    task.cancel()
    assert rounds == [1_000_000_000, 2_000_000_000, 3_000_000_000]


async def test_a_cancelled_sleeper_is_left_alone() -> None:
    clock = SimulatedClock()
    task = asyncio.create_task(clock.sleep(1))
    await clock.advance(0)
    task.cancel()
    await clock.advance(2)
    assert task.cancelled()


async def test_sleeping_no_time_at_all_returns() -> None:
    await asyncio.wait_for(SimulatedClock().sleep(0), 1)


def test_a_step_of_the_wall_clock_passes_no_monotonic_time() -> None:
    clock = SimulatedClock(utc_ns=100)
    clock.step_utc(-50)
    assert (clock.utc_ns(), clock.monotonic_ns()) == (50, 0)


async def test_the_system_s_clock_does_not_go_back() -> None:
    clock = SystemClock()
    before_ns = clock.monotonic_ns()
    await clock.sleep(0)
    assert clock.monotonic_ns() >= before_ns
