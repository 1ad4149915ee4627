"""How units become segments, with the disk's thread but no process, tap or network."""

import asyncio
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from shared.codecs.h264 import annex_b
from shared.messages.storage import RecordingStatus
from shared.reasons import Reason
from shared.tap.reassembly import Gap
from storage.fmp4.reader import Layout
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.segments import layout_of
from tests.unit.storage.workshop import Workshop, policy, units, workshop

SECOND_NS = 1_000_000_000


async def layouts_of(shop: Workshop) -> list[Layout]:
    """Every segment there is, in the store and in the spool, oldest first."""
    files = [shop.object_file(key) for key in shop.objects()]
    files += list(shop.places.spool.folder.glob("*.mp4"))
    return sorted((layout_of(path) for path in files), key=lambda one: one.identity.start_ns)


def samples_of(layouts: list[Layout]) -> int:
    return sum(len(fragment.moof.samples) for layout in layouts for fragment in layout.fragments)


def waits(blocked: threading.Event) -> None:
    """Work of a disk that does not answer."""
    blocked.wait(10)


async def test_every_picture_is_recorded(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        assert samples_of(await layouts_of(shop)) == 250


async def test_segments_are_cut_on_key_units(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=10))
        assert all(layout.fragments[0].key for layout in await layouts_of(shop))


async def test_what_was_recorded_of_a_camera_that_fell_silent_for_good_dies_on_its_day(
    tmp_path: Path,
) -> None:
    """The process goes on, and no picture ever ends the segment."""
    async with workshop(tmp_path) as shop:
        await shop.policies.replace([policy(days=5)])
        shop.recorder.apply([policy(days=5)])
        running = asyncio.create_task(shop.recorder.run())
        await shop.record(units(50))
        # As it is after a stall: a picture that comes now goes on where the last one ended.
        await shop.clock.advance(60)
        await shop.settle()
        await shop.finish()
        assert len(shop.recorder.footage(STREAM)) == 1
        await shop.clock.advance(600)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await shop.settle()
        await shop.finish()
        await shop.clock.advance(5 * 86_400)
        await shop.retention.run_once()
        assert (shop.recorder.footage(STREAM), await layouts_of(shop)) == ([], [])
        assert await shop.catalogue.between(STREAM, START_NS, START_NS + SECOND_NS) == []


async def test_streams_are_cut_at_different_instants(tmp_path: Path) -> None:
    other = replace(STREAM, camera="cam-other")
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy(), policy(other)])
        await shop.record(units(150, gop=5))
        await shop.record(units(150, gop=5, stream=other))
        shop.recorder.apply([])
        await shop.settle()
        cuts = {(one.identity.stream, one.end_ns) for one in await layouts_of(shop)}
    of_stream = [{end for stream, end in cuts if stream == one} for one in (STREAM, other)]
    assert of_stream[0] & of_stream[1] == {max(of_stream[0])}


async def test_a_gap_ends_the_segment(tmp_path: Path) -> None:
    pictures = units(75)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:20], Gap(STREAM, 5), *pictures[25:]])
        assert [one.identity.start_ns for one in await layouts_of(shop)][:2] == [
            START_NS,
            pictures[25].utc_ns,
        ]


async def test_other_parameter_sets_start_another_segment(tmp_path: Path) -> None:
    small = units(25)
    large = [
        replace(unit, pts90=unit.pts90 + 90_000, utc_ns=unit.utc_ns + SECOND_NS, seq=unit.seq + 25)
        for unit in units(25, width=640, height=480)
    ]
    async with workshop(tmp_path) as shop:
        await shop.record_all([*small, *large])
        widths = [one.description.width for one in await layouts_of(shop)]
    assert set(widths) == {320, 640}


async def test_a_utc_step_starts_a_segment_with_the_new_utc_at_a_key_unit(tmp_path: Path) -> None:
    pictures = units(75)
    stepped = [replace(unit, utc_ns=unit.utc_ns + 100 * SECOND_NS) for unit in pictures[30:]]
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:30], *stepped])
        starts = [one.identity.start_ns for one in await layouts_of(shop)]
    assert START_NS + 102 * SECOND_NS in starts


async def test_a_utc_step_loses_no_picture(tmp_path: Path) -> None:
    pictures = units(75)
    stepped = [replace(unit, utc_ns=unit.utc_ns + 100 * SECOND_NS) for unit in pictures[30:]]
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:30], *stepped])
        assert samples_of(await layouts_of(shop)) == 75


async def test_a_drifting_clock_leaves_no_hole_between_segments(tmp_path: Path) -> None:
    drifting = [replace(unit, utc_ns=unit.utc_ns + unit.seq * 40_000) for unit in units(500, gop=10)]
    async with workshop(tmp_path) as shop:
        await shop.record_all(drifting)
        layouts = await layouts_of(shop)
    assert len(layouts) > 3
    assert all(abs(one.end_ns - later.identity.start_ns) < 20_000 for one, later in pairwise(layouts))


async def test_jumping_media_time_starts_a_segment_at_a_key_unit(tmp_path: Path) -> None:
    pictures = units(75)
    later = [replace(unit, pts90=unit.pts90 + 9_000_000) for unit in pictures[30:]]
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:30], *later])
        assert [one.identity.start_ns for one in await layouts_of(shop)][-1] == pictures[50].utc_ns


async def test_units_that_share_a_time_each_stay(tmp_path: Path) -> None:
    pictures = [replace(unit, pts90=unit.pts90 // 7200 * 7200) for unit in units(50)]
    async with workshop(tmp_path) as shop:
        await shop.record_all(pictures)
        assert samples_of(await layouts_of(shop)) == 50


async def test_recording_waits_for_a_key_unit(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(75)[10:])
        assert (await layouts_of(shop))[0].identity.start_ns == START_NS + SECOND_NS


async def test_garbage_is_not_recorded_and_says_so(tmp_path: Path) -> None:
    garbage = replace(units(1)[0], data=annex_b([b"\x65garbage"]))
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record([garbage])
        report = shop.recorder.reports()[0]
    assert (report.status, "parameter sets" in report.reason) == (RecordingStatus.FAILING, True)
    assert report.why == Reason("pictures-parameters-missing", report.reason)


async def test_pictures_of_a_stalled_camera_are_written_within_a_second(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(8))
        running = asyncio.create_task(shop.recorder.run())
        await shop.clock.advance(1.1)
        await shop.settle()
        running.cancel()
        assert samples_of(await layouts_of(shop)) == 8


async def test_a_slow_disk_drops_to_the_next_key_unit_and_says_so(tmp_path: Path) -> None:
    async with workshop(tmp_path, lane_bytes=20_000) as shop:
        blocked = threading.Event()
        shop.lane.submit(lambda: waits(blocked))
        shop.recorder.apply([policy()])
        for unit in units(400):
            shop.tap.give(unit)
        reason = shop.recorder.reports()[0].reason
        blocked.set()
        await shop.settle()
        assert "too slow" in reason
        assert all(layout.fragments[0].key for layout in await layouts_of(shop))


async def test_recording_goes_on_once_a_slow_disk_has_caught_up(tmp_path: Path) -> None:
    pictures = units(425)
    async with workshop(tmp_path, lane_bytes=20_000) as shop:
        blocked = threading.Event()
        shop.lane.submit(lambda: waits(blocked))
        shop.recorder.apply([policy()])
        for unit in pictures[:400]:
            shop.tap.give(unit)
        blocked.set()
        await shop.settle()
        await shop.record(pictures[400:])
        assert shop.recorder.reports()[0].status is RecordingStatus.RECORDING
