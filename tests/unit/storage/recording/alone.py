"""Recording beside nothing else of storage: `python -m tests.unit.storage.recording.alone FOLDER` prints what
it stored, and which modules of an index were loaded meanwhile."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from shared.clock import SimulatedClock
from shared.messages.storage import RecordingPolicy
from storage.model.segment import Segment, SegmentState
from storage.objects.disk import RealDisk
from storage.recording.compose import WritingHalf, compose_recording
from storage.recording.lane import DiskLane
from storage.recording.places import Places
from storage.recording.spool import Spool
from tests.support.memory_store import MemoryStore
from tests.support.pictures import START_NS, STREAM, units
from tests.support.tap import FakeTap

POLICY = RecordingPolicy(str(STREAM), "Place du Beffroi", "Lille", recorded=True, days=30)
FOREIGN = ("sqlalchemy", "storage.index", "fastapi")


class MemoryRegister:
    """Where finished segments are entered, in memory."""

    def __init__(self) -> None:
        self.segments: dict[str, Segment] = {}

    async def enter(self, several: Sequence[Segment]) -> dict[str, Segment]:
        return {one.key: self.segments.setdefault(one.key, one) for one in several}

    async def get(self, key: str) -> Segment | None:
        return self.segments.get(key)

    async def mark_all_stored(self, keys: Sequence[str]) -> set[str]:
        for key in keys:
            self.segments[key] = replace(self.segments[key], state=SegmentState.STORED)
        return set(keys)


async def _nothing() -> None:
    """For each segment stored."""


class Alone:
    """Recording with a register and a store in memory; made again over the same folder it recovers."""

    def __init__(self, folder: Path, store: MemoryStore, register: MemoryRegister, nonce: str) -> None:
        clock = SimulatedClock(START_NS)
        self.tap, self.lane = FakeTap(), DiskLane("disk-test", 64 << 20)
        self.half: WritingHalf = compose_recording(
            self.tap,
            Places(Spool(folder, RealDisk(), [self.lane], clock), store),
            register,
            clock,
            segment_s=4.0,
            nonce=nonce,
            stored=_nothing,
        )
        self.lane.start()

    async def record(self, count: int) -> None:
        """Record pictures, and write what is due of them."""
        self.half.recorder.apply([POLICY])
        self.tap.give(*units(count))
        done = asyncio.Event()
        self.lane.submit(lambda: self.lane.tell(done.set))
        await asyncio.wait_for(done.wait(), 10)

    async def finish(self) -> None:
        while await self.half.finisher.run_once():
            pass


async def recorded_and_recovered(folder: Path) -> tuple[MemoryStore, MemoryRegister]:
    """Ten seconds recorded and finished as far as they are, then the rest by the next process."""
    store, register = MemoryStore(), MemoryRegister()
    first = Alone(folder, store, register, "aaaa")
    await first.record(250)
    await first.finish()
    # Killed here: what it was writing is left as it is.
    second = Alone(folder, store, register, "bbbb")
    second.half.find_left_over()
    await second.finish()
    for one in (first, second):
        await one.lane.close()
    return store, register


def main() -> None:
    """Print how many segments were stored, and what was loaded that recording must not need."""
    store, register = asyncio.run(recorded_and_recovered(Path(sys.argv[1])))
    loaded = sorted(name for name in sys.modules if name.startswith(FOREIGN))
    print(json.dumps({"stored": store.keys(), "entered": sorted(register.segments), "loaded": loaded}))


if __name__ == "__main__":
    main()
