"""One session's pictures on their way to units: together, or one by one."""

from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest

from ingest.ports import Pace, Pictures
from shared.messages.ingest import CameraStatus
from shared.units import UtcSource
from tests.unit.ingest.camera_packets import GOP, Bench, packets, running, source


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _together(first: int, last: int) -> Pictures:
    """The camera's pictures `first` to `last` at one go."""
    found = packets(first, last)
    return Pictures(
        b"".join(packet.data for packet in found),
        list(accumulate(len(packet.data) for packet in found)),
        [packet.pts90 or 0 for packet in found],
        [packet.arrival_ns for packet in found],
        UtcSource.ARRIVAL,
        [-1] * len(found),
        None,
    )


async def test_pictures_given_together_are_the_units_they_would_be_one_by_one(
    bench: Bench, tmp_path: Path
) -> None:
    one_by_one, camera, other = Bench(tmp_path), source(), source()
    bench.opener.then(camera)
    one_by_one.opener.then(other)
    camera.send(*packets(0, 1), _together(1, GOP), *packets(GOP, GOP + 2), _together(GOP + 2, 2 * GOP))
    other.send(*packets(0, 2 * GOP))
    async with running(bench), running(one_by_one):
        assert camera.believed is not None
        assert bench.batches == 2
        run = bench.units[0].run
        assert bench.units == [replace(unit, run=run) for unit in one_by_one.units]
        assert bench.state.report.status is CameraStatus.LIVE


async def test_pictures_given_together_after_a_jump_are_looked_at_one_by_one(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    late = _together(2, GOP)
    later = late._replace(pts90=[pts90 + 90_000 * 60 for pts90 in late.pts90])
    camera.send(*packets(0, 2), later, *packets(GOP, 2 * GOP, start90=90_000 * 60))
    async with running(bench):
        runs = [unit.run for unit in bench.units]
        assert bench.batches == 0
        assert runs == [runs[0]] * 2 + [runs[-1]] * GOP
        assert runs[-1] > runs[0]


async def test_a_camera_is_read_as_those_who_read_it_can_wait(bench: Bench) -> None:
    bench.pace = Pace.LATER
    camera = source()
    bench.opener.then(camera)
    async with running(bench):
        bench.pace = Pace.AT_ONCE
        bench.streamer.keep_pace()
    assert camera.paces == [Pace.LATER, Pace.AT_ONCE]


async def test_a_camera_whose_time_stands_is_read_at_once_since_its_arrivals_are_its_times(
    bench: Bench,
) -> None:
    bench.pace = Pace.LATER
    camera = source()
    bench.opener.then(camera)
    async with running(bench):
        for _ in range(3):
            camera.send(*(replace(packet, pts90=7) for packet in packets(0, GOP)))
            await bench.clock.advance(1)
    assert camera.paces == [Pace.LATER, Pace.AT_ONCE]
    assert camera.believed is None
