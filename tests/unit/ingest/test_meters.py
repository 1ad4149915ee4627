"""What the worker counts of each stream reaches its metrics, some pictures at a time, and all of it."""

import pytest

from ingest.meters import Meters, StreamMeters
from ingest.ports import SourceCounts
from shared import metrics
from shared.ids import StreamId

STREAM = StreamId("59350", "metered")


@pytest.fixture
def meters() -> StreamMeters:
    return Meters().of(STREAM)


def told(name: str) -> float:
    start = f'{name}{{stream="{STREAM}"}} '
    lines = metrics.render().decode().splitlines()
    return next(float(line.removeprefix(start)) for line in lines if line.startswith(start))


def test_units_are_told_by_the_time_their_source_ends(meters: StreamMeters) -> None:
    units, octets = told("ingest_units_total"), told("ingest_unit_bytes_total")
    for size in range(1, 41):
        meters.unit(size)
    meters.source(SourceCounts())
    meters.source(SourceCounts())
    assert told("ingest_units_total") - units == 40
    assert told("ingest_unit_bytes_total") - octets == 820


def test_no_more_than_a_second_of_pictures_waits_to_be_told(meters: StreamMeters) -> None:
    units = told("ingest_units_total")
    for number in range(1, 60):
        meters.unit(100)
        assert 0 <= units + number - told("ingest_units_total") < 16
