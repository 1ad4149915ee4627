"""What the index should say of an object, by the object alone."""

import hashlib
import io

import pytest

from storage.model.segment import SegmentState, object_key
from storage.recording.survey import read_object
from tests.support.memory_store import MemoryStore
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.segments import segment_bytes
from tests.unit.storage.workshop import units

KEY = object_key(STREAM, START_NS, 1, "aaaa")
SEGMENT = segment_bytes(units(12, width=64, height=48), per_fragment=3)


def read_of(data: bytes) -> object:
    store = MemoryStore()
    store.put(KEY, io.BytesIO(data))
    return read_object(store, KEY)


def test_an_object_tells_its_own_row() -> None:
    store = MemoryStore()
    store.put(KEY, io.BytesIO(SEGMENT))
    row = read_object(store, KEY)
    assert not isinstance(row, str)
    assert (row.key, row.stream, row.start_ns, row.size) == (KEY, STREAM, START_NS, len(SEGMENT))
    assert (row.sha256, row.state) == (hashlib.sha256(SEGMENT).hexdigest(), SegmentState.STORED)


@pytest.mark.parametrize("data", [b"", b"not a film", SEGMENT[:40], SEGMENT[: SEGMENT.index(b"prft") + 20]])
def test_an_object_without_pictures_says_why_it_has_no_row(data: bytes) -> None:
    assert isinstance(read_of(data), str)


def test_an_object_that_is_gone_has_no_row() -> None:
    assert read_object(MemoryStore(), KEY) == "No such file or directory"
