"""Several processes share the streams of one centre; whoever dies, freezes or leads is replaced."""

import asyncio
import hashlib
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from shared.ids import StreamId
from storage.index.database import Database
from storage.index.segments import SegmentRows
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState
from tests.integration.storage.several import Several, longest_hole_s, several, streams
from tests.support.eventually import eventually
from tests.unit.storage.rows import segment

pytestmark = pytest.mark.slow
_DUE = 3000


def kill_hard(every: Several, name: str) -> None:
    process = every.systems[name].process
    assert process is not None
    process.send_signal(signal.SIGKILL)


async def evidence_is_whole(every: Several) -> None:
    """Once all have stopped: every row has its object, byte for byte, and no file is left without a row."""
    objects = every.folder / "var" / "objects"
    rows = await every.rows()
    for row in rows:
        if row.state is SegmentState.STORED:
            assert hashlib.sha256((objects / row.key).read_bytes()).hexdigest() == row.sha256
    stored = {str(path.relative_to(objects)) for path in objects.rglob("*.mp4")}
    assert stored <= {row.key for row in rows}


async def test_one_that_is_killed_is_replaced_within_ten_seconds_and_nothing_else_is_lost(
    tmp_path: Path,
) -> None:
    async with several(tmp_path, ["a", "b", "c"], count=6) as every:
        first, second, third = every.systems.values()
        await first.start()
        await every.are_shared(6)
        await asyncio.gather(second.start(), third.start())
        await every.are_shared(2, 2, 2)
        await every.are_recorded(first, time.time_ns(), within_s=20)
        victim = await every.leader()
        asked = next(one for name, one in every.systems.items() if name != victim)
        killed_ns = time.time_ns()
        await every.systems[victim].kill()
        seconds = await every.are_recorded(asked, killed_ns, within_s=20)
        print(f"recorded again {seconds:.1f} s after the kill")
        assert seconds < 10
        assert await every.leader() != victim
        # What it left is shown, and taken over by the one that leads.
        spool = tmp_path / "var" / "spool" / f"process-{victim}"
        await eventually(lambda: not list(spool.glob("*.mp4")), within_s=20, what="the spool adopted")
        await every.systems[victim].start()
        await every.are_shared(2, 2, 2)
        await every.are_indexed(time.time_ns())
        await asyncio.gather(*(one.stop() for one in every.systems.values()))
        await evidence_is_whole(every)
        rows = await every.rows()
        holes = {stream: longest_hole_s(rows, stream) for stream in streams(6)}
        print("holes", holes)
        assert max(holes.values()) < 10


async def test_one_that_freezes_beyond_its_lease_is_replaced_and_shares_again_when_it_wakes(
    tmp_path: Path,
) -> None:
    async with several(tmp_path, ["a", "b"], count=4) as every:
        first, second = every.systems.values()
        await asyncio.gather(first.start(), second.start())
        await every.are_shared(2, 2)
        frozen = every.systems[await every.leader()]
        asked = second if frozen is first else first
        await every.are_recorded(asked, time.time_ns(), within_s=20)
        assert frozen.process is not None
        frozen.renewing.close()
        os.kill(frozen.process.pid, signal.SIGSTOP)
        frozen_ns = time.time_ns()
        try:
            seconds = await every.are_recorded(asked, frozen_ns, within_s=20)
            print(f"recorded again {seconds:.1f} s after the freeze")
            assert seconds < 10
            await eventually(lambda: asked.metric("storage_leads"), within_s=10, what="another that leads")
        finally:
            os.kill(frozen.process.pid, signal.SIGCONT)
        await every.are_shared(2, 2)
        assert await frozen.metric("storage_leads") == 0
        await every.are_indexed(time.time_ns())
        wrong = [await one.health() for one in (first, second)]
        assert not any("finishing" in one or "sharing" in one for one in wrong), wrong
        await asyncio.gather(first.stop(), second.stop())
        await evidence_is_whole(every)
        rows = await every.rows()
        assert max(longest_hole_s(rows, stream) for stream in streams(4)) < 10


async def _are_due(every: Several, stream: StreamId, count: int) -> None:
    """Footage of two days ago that was to be kept for one."""
    database = await Database.open(every.index_url)
    began_ns = time.time_ns() - 2 * DAY_NS
    rows = [
        replace(
            segment(number, stream, days=1, start_ns=began_ns + number * 1_000_000_000, length_ns=10**9),
            state=SegmentState.STORED,
        )
        for number in range(count)
    ]
    for first in range(0, count, 500):
        await SegmentRows(database).enter(rows[first : first + 500])
    for row in rows:
        path = every.folder / "var" / "objects" / row.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    await database.close()


async def test_a_leader_that_is_killed_while_it_destroys_is_followed_by_one_that_ends_the_work(
    tmp_path: Path,
) -> None:
    stream = StreamId("59350", "cam-old")
    async with several(tmp_path, ["a", "b"], count=2) as every:
        first, second = every.systems.values()
        await asyncio.gather(first.start(), second.start())
        await every.are_recorded(first, time.time_ns(), within_s=20)
        await _are_due(every, stream, _DUE)
        folder = tmp_path / "var" / "objects" / str(stream)
        await eventually(
            lambda: len(list(folder.rglob("*.mp4"))) < _DUE, within_s=60, what="destruction under way"
        )
        victim = await every.leader()
        kill_hard(every, victim)
        left = len(list(folder.rglob("*.mp4")))
        await every.systems[victim].stop()
        assert left > 0
        other = second if every.systems[victim] is first else first
        await eventually(lambda: not list(folder.rglob("*.mp4")), within_s=60, what="all of it destroyed")
        await other.stop()
        rows = await every.rows()
        assert {row.stream for row in rows} == set(streams(2))
        await evidence_is_whole(every)
