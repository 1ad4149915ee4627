"""What open cameras share: pictures that wait, and how it ends."""

import asyncio

import pytest

from ingest.ports import Ended, NoAnswer, SourceCounts, StreamInfo
from ingest.queued_source import QueuedSource
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
