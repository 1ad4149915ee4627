"""Disk work in a thread of its own, bounded."""

import asyncio
import threading

from storage.recording.lane import DiskLane
from tests.support.eventually import eventually


async def test_jobs_are_done_in_order_and_all_before_it_ends() -> None:
    lane, done = DiskLane("disk-test", 100), list[int]()
    lane.start()
    for number in range(20):
        lane.submit(lambda number=number: done.append(number))  # type: ignore[misc]  # one number a job
    await lane.close()
    assert done == list(range(20))


async def test_beyond_the_budget_data_is_refused_and_an_end_never_is() -> None:
    lane, go_on = DiskLane("disk-test", 100), threading.Event()

    def wait() -> None:
        go_on.wait(10)

    lane.start()
    assert lane.submit(wait, 60)
    assert not lane.submit(lambda: None, 41)
    assert lane.submit(lambda: None, 40)
    assert lane.submit(lambda: None)
    assert lane.waiting_bytes == 100
    go_on.set()
    await eventually(lambda: lane.waiting_bytes == 0, what="the end of the work")
    assert lane.submit(lambda: None, 100)
    await lane.close()


async def test_news_comes_to_the_loop() -> None:
    lane, heard = DiskLane("disk-test", 100), asyncio.Event()
    threads: list[threading.Thread] = []

    def hear() -> None:
        threads.append(threading.current_thread())
        heard.set()

    lane.start()
    lane.submit(lambda: lane.tell(hear))
    await asyncio.wait_for(heard.wait(), 10)
    await lane.close()
    assert threads == [threading.main_thread()]


async def test_what_comes_within_a_moment_wakes_the_thread_once_and_its_news_the_loop_once() -> None:
    lane, done, heard = DiskLane("disk-test", 100, gather_s=0.02), list[str](), list[str]()

    def job(name: str) -> None:
        done.append(name)
        lane.tell(lambda: heard.append(f"{name} of {len(done)}"))

    lane.start()
    lane.submit(lambda: job("first"))
    await asyncio.sleep(0)
    lane.submit(lambda: job("second"))
    assert done == []
    await eventually(lambda: len(heard) == 2, what="the news")
    assert heard == ["first of 2", "second of 2"]
    await lane.close()


async def test_news_that_fail_keep_none_of_the_others_back() -> None:
    lane, heard, faults = DiskLane("disk-test", 100), asyncio.Event(), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))

    def fail() -> None:
        raise ValueError

    lane.start()
    lane.submit(lambda: lane.tell(fail))
    lane.submit(lambda: lane.tell(heard.set))
    await asyncio.wait_for(heard.wait(), 10)
    await lane.close()
    assert len(faults) == 1
