"""What open cameras share: pictures that wait, and how it ends."""

import asyncio
from dataclasses import replace

import pytest

from ingest.ports import Ended, NoAnswer, Packet, Pictures, SourceCounts, StreamInfo
from ingest.queued_source import QueuedSource
from shared.units import UtcSource
from tests.support.told import said
from tests.unit.ingest.camera_packets import packets


async def test_whoever_waits_for_the_beginning_is_woken_by_it() -> None:
    queued = QueuedSource(SourceCounts())
    waiting = asyncio.create_task(queued.started())
    await asyncio.sleep(0)
    assert not waiting.done()
    queued.begun(StreamInfo("h264"))
    await waiting
    assert queued.info.codec == "h264"


async def test_what_is_queued_is_given_before_the_error() -> None:
    queued = QueuedSource(SourceCounts())
    first, second = packets(0, 2)
    queued.put(first)
    queued.put(second)
    queued.fail(Ended(said("the camera has ended the session")))
    assert [await queued.next(), await queued.next()] == [first, second]
    with pytest.raises(Ended):
        await queued.next()


async def test_the_first_reason_counts() -> None:
    queued = QueuedSource(SourceCounts())
    waiting = asyncio.create_task(queued.next())
    await asyncio.sleep(0)
    queued.fail(NoAnswer(said("first")))
    queued.fail(Ended(said("second")))
    with pytest.raises(NoAnswer, match="first"):
        await waiting
    with pytest.raises(NoAnswer):
        await queued.started()


class _Taker:
    def __init__(self, fails: bool = False) -> None:
        self.taken: list[Packet] = []
        self.together = 0
        self._fails = fails

    def packet(self, packet: Packet) -> None:
        if self._fails:
            raise RuntimeError("a fault with this camera")
        self.taken.append(packet)

    def pictures(self, pictures: Pictures) -> None:
        self.together += 1
        for packet in pictures.packets():
            self.packet(packet)


async def test_who_is_fed_is_given_what_waited_and_then_each_at_once() -> None:
    queued, taker = QueuedSource(SourceCounts()), _Taker()
    first, second, third = packets(0, 3)
    queued.put(first)
    feeding = asyncio.create_task(queued.feed(taker))
    await asyncio.sleep(0)
    queued.put(second)
    assert taker.taken == [first, second]
    queued.waiting.lose()
    queued.put(third)
    assert taker.taken[-1] == replace(third, gap=True)
    queued.fail(Ended(said("the camera has ended the session")))
    with pytest.raises(Ended):
        await feeding


async def test_what_comes_together_behind_a_loss_is_given_one_by_one_with_the_gap() -> None:
    queued, taker = QueuedSource(SourceCounts()), _Taker()
    feeding = asyncio.create_task(queued.feed(taker))
    await asyncio.sleep(0)
    two = Pictures(b"ab", (1, 2), (1, 2), (3, 4), UtcSource.ARRIVAL, (-1, -1), None)
    queued.put_all(two)
    queued.waiting.lose()
    queued.put_all(two)
    assert taker.together == 1
    assert [packet.gap for packet in taker.taken] == [False, False, True, False]
    feeding.cancel()


async def test_a_fault_of_who_is_fed_is_raised_where_he_waits_and_not_where_the_camera_is_read() -> None:
    queued = QueuedSource(SourceCounts())
    feeding = asyncio.create_task(queued.feed(_Taker(fails=True)))
    await asyncio.sleep(0)
    for packet in packets(0, 2):
        queued.put(packet)
    with pytest.raises(RuntimeError, match="a fault with this camera"):
        await feeding
