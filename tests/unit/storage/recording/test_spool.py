"""Full disks, crashes between two steps, torn files."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.messages.storage import RecordingStatus
from storage.model.segment import SegmentState
from storage.objects.disk import RealDisk
from tests.support import pictures
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.segments import layout_of, segment_bytes
from tests.unit.storage.workshop import Workshop, policy, units, workshop


class FullDisk(RealDisk):
    """A disk with `room` bytes left; a write takes what fits, then says it is full."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, descriptor: int, data: bytes | memoryview) -> None:
        super().write(descriptor, data[: self.room])
        fits = len(data) <= self.room
        self.room -= min(len(data), self.room)
        if not fits:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def spooled(shop: Workshop) -> list[Path]:
    return sorted(shop.places.spool.folder.glob("*.mp4"))


async def filled(shop: Workshop) -> None:
    """Record until the disk is full."""
    shop.recorder.apply([policy()])
    await shop.record(units(250)[:100])


async def test_a_full_disk_makes_the_recording_fail_and_say_why(tmp_path: Path) -> None:
    async with workshop(tmp_path, disk=FullDisk(8_000)) as shop:
        await filled(shop)
        report = shop.recorder.reports()[0]
    assert (report.status, "No space left" in report.reason) == (RecordingStatus.FAILING, True)
    assert report.why is not None
    assert report.why.code == "recording-disk-full"


async def test_what_was_written_before_the_disk_was_full_is_whole(tmp_path: Path) -> None:
    async with workshop(tmp_path, disk=FullDisk(8_000)) as shop:
        await filled(shop)
        layout = layout_of(spooled(shop)[0])
        assert (layout.end, bool(layout.fragments)) == (spooled(shop)[0].stat().st_size, True)


async def test_recording_resumes_by_itself_when_there_is_space_again(tmp_path: Path) -> None:
    disk = FullDisk(8_000)
    async with workshop(tmp_path, disk=disk) as shop:
        await filled(shop)
        disk.room = 1 << 30
        await shop.clock.advance(3)
        await shop.record(units(250)[100:])
        assert shop.recorder.reports()[0].status is RecordingStatus.RECORDING


async def test_a_disk_full_from_the_start_leaves_no_file_behind(tmp_path: Path) -> None:
    async with workshop(tmp_path, disk=FullDisk(10)) as shop:
        await filled(shop)
        assert spooled(shop) == []


async def test_a_full_disk_is_unhealthy(tmp_path: Path) -> None:
    async with workshop(tmp_path, disk=FullDisk(8_000)) as shop:
        await filled(shop)
        assert str(STREAM) in (shop.recorder.health() or "")


async def closed_spool(shop: Workshop) -> str:
    """One closed segment in the spool, its key."""
    shop.recorder.apply([policy()])
    await shop.record(units(50))
    shop.recorder.apply([])
    await shop.settle()
    return spooled(shop)[0].name.replace("~", "/")


@pytest.mark.parametrize("done", ["closed", "row", "put", "stored"])
async def test_the_life_of_a_segment_goes_on_after_a_crash(tmp_path: Path, done: str) -> None:
    async with workshop(tmp_path) as shop:
        key = await closed_spool(shop)
        path = shop.places.spool.path(key)
        segment = shop.sealer.seal(key)
        assert segment is not None
        if done in ("row", "put", "stored"):
            await shop.rows.add(segment)
        if done in ("put", "stored"):
            with path.open("rb") as file:
                shop.places.store.put(key, file)
        if done == "stored":
            await shop.rows.mark_stored(key)
    async with workshop(tmp_path, nonce="bbbb") as shop:
        shop.finisher.find_left_over()
        await shop.finish()
        row = await shop.rows.get(key)
        assert row is not None
        assert (row.state, shop.objects(), spooled(shop)) == (SegmentState.STORED, [key], [])


async def test_a_segment_condemned_in_the_spool_is_left_to_retention(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key = await closed_spool(shop)
        segment = shop.sealer.seal(key)
        assert segment is not None
        await shop.rows.add(segment)
        await shop.dues.condemn(segment.start_ns + 40 * 86_400 * 10**9)
        await shop.finisher.finish(key)
        assert (shop.objects(), spooled(shop)) == ([], [shop.places.spool.path(key)])


async def test_a_store_that_does_not_answer_keeps_the_segment_in_the_spool(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key = await closed_spool(shop)
        (tmp_path / "objects/.beffroi-store").unlink()
        await shop.finish()
        assert shop.places.spool.path(key).exists()


async def test_a_store_that_does_not_answer_is_unhealthy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await closed_spool(shop)
        (tmp_path / "objects/.beffroi-store").unlink()
        await shop.finish()
        assert "cannot be stored" in (shop.finisher.health() or "")


SEGMENT = segment_bytes(units(6, width=64, height=48), per_fragment=3)
LAST = SEGMENT.rindex(b"prft") - 4


async def test_a_file_torn_at_any_byte_of_its_last_fragment_is_recovered(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key = f"{STREAM}/20261121/torn.mp4"
        path = shop.places.spool.path(key)
        for size in range(LAST, len(SEGMENT)):
            path.write_bytes(SEGMENT[:size])
            assert shop.sealer.seal(key) is not None
            assert path.stat().st_size == LAST


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=300))
async def test_a_spool_file_that_is_no_segment_holds_nothing_up(tmp_path: Path, data: bytes) -> None:
    async with workshop(tmp_path) as shop:
        key = f"{STREAM}/20261121/odd.mp4"
        shop.places.spool.path(key).write_bytes(data)
        assert shop.sealer.seal(key) is None


async def test_a_write_that_failed_once_costs_no_key_picture_however_rare_those_are(tmp_path: Path) -> None:
    """The next one comes half a second after the fault, and the one after that ten seconds later."""

    class Hiccup(RealDisk):
        at: int | None = None

        def write(self, descriptor: int, data: bytes | memoryview) -> None:
            if self.at is not None:
                self.at -= 1
                if self.at == 0:
                    raise OSError(errno.EIO, "Input/output error")
            super().write(descriptor, data)

    disk = Hiccup()
    film = pictures.units(110, fps=5, gop=50, width=64, height=48)
    async with workshop(tmp_path, disk=disk) as shop:
        shop.recorder.apply([policy()])
        await shop.record(film[:47])
        disk.at = 1
        for unit in film[47:]:
            await shop.record([unit])
            await shop.clock.advance(0.2)
        shop.recorder.apply([])
        await shop.settle()
        await shop.finish()
        rows = sorted(await shop.rows.everything(), key=lambda row: row.start_ns)
    assert [round((row.start_ns - START_NS) / 1e9) for row in rows] == [0, 10, 20]
    assert rows[0].end_ns >= START_NS + 9 * 10**9 - 10**9
