"""A segment is read wherever it lies."""

from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from storage.model.segment import object_key
from storage.objects.disk import RealDisk
from storage.recording.places import Places
from storage.recording.spool import Spool
from tests.support.memory_store import MemoryStore
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.segments import segment_bytes
from tests.unit.storage.workshop import units

KEY = object_key(STREAM, START_NS, 1, "aaaa")
SEGMENT = segment_bytes(units(12, width=64, height=48), per_fragment=3)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(Spool(tmp_path, RealDisk(), [], SimulatedClock(START_NS)), MemoryStore())


def test_a_segment_reads_the_same_in_the_spool_and_in_the_store(places: Places) -> None:
    path = places.spool.path(KEY)
    path.write_bytes(SEGMENT)
    before = places.layout(KEY), places.read(KEY, 100, 50)
    with path.open("rb") as file:
        places.store.put(KEY, file)
    path.unlink()
    assert (places.layout(KEY), places.read(KEY, 100, 50)) == before
    assert before[1] == SEGMENT[100:150]
    assert len(before[0].fragments) == 4


def test_a_growing_segment_reads_as_far_as_it_is_whole(places: Places) -> None:
    places.spool.path(KEY).write_bytes(SEGMENT[:-1])
    assert len(places.layout(KEY).fragments) == 3
    places.spool.path(KEY).write_bytes(SEGMENT)
    assert len(places.layout(KEY).fragments) == 4


def test_a_destroyed_segment_is_said_to_be_gone(places: Places) -> None:
    for call in (lambda: places.read(KEY, 0, 1), lambda: places.layout(KEY)):
        with pytest.raises(FileNotFoundError):
            call()
