"""With footage keys nothing that waits in the spool can be read without them, and nothing is lost by it."""

import asyncio
import errno
import hashlib
import os
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.clock import SimulatedClock
from storage.metrics import QuarantineMetrics
from storage.model.segment import object_key
from storage.objects.disk import RealDisk
from storage.objects.notes import FolderNotes
from storage.objects.sealing.envelope import Key
from storage.objects.sealing.growing import BLOCK_BYTES, Growing
from storage.recording.quarantine import Quarantine
from storage.recording.sealing import Sealer
from storage.recording.spool import Spool
from storage.recording.spool_files import SpoolFiles
from storage.recording.spool_keys import SpoolKeys
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.support.sealed_store import sealed_store, spool_keys
from tests.unit.storage.damage import FRAGMENTS, SEGMENT, set_aside
from tests.unit.storage.packages import confirm_keys
from tests.unit.storage.workshop import Workshop, policy, units, workshop

KEY = object_key(STREAM, START_NS, 1, "aaaa")
BOX_NAMES = (b"ftyp", b"moov", b"moof", b"mdat", b"prft")


def sealed_shop(folder: Path, nonce: str = "aaaa") -> AbstractAsyncContextManager[Workshop]:
    return workshop(folder, objects=sealed_store(folder), keys=spool_keys(folder), nonce=nonce)


def spooled(shop: Workshop) -> list[Path]:
    return sorted(shop.places.spool.folder.glob("*.mp4"))


def in_the_clear(paths: list[Path]) -> bool:
    return any(name in path.read_bytes() for path in paths for name in BOX_NAMES)


def commune_key(folder: Path) -> Key:
    return spool_keys(folder).communes.all(STREAM.commune)[0]


def sealed_spool(folder: Path) -> Spool:
    """A spool alone, with the commune's key."""
    (folder / "spool").mkdir(exist_ok=True)
    sealed_store(folder)
    keys = spool_keys(folder)
    keys.current(STREAM.commune)
    sealing = SpoolKeys(keys, FolderNotes(folder / "spool", RealDisk()))
    return Spool(folder / "spool", RealDisk(), [], SimulatedClock(START_NS), keys=sealing)


def sealed_segment(folder: Path) -> tuple[bytes, list[int]]:
    """A segment as it lies in the spool, and where each of its writes ends."""
    growing, parts = Growing(commune_key(folder), KEY), []
    for number, (first, last) in enumerate(zip([0, *FRAGMENTS], [*FRAGMENTS, len(SEGMENT)], strict=True)):
        parts.append((b"" if number else growing.head) + growing.seal(SEGMENT[first:last]))
    ends = [sum(map(len, parts[: number + 1])) for number in range(len(parts))]
    return b"".join(parts), ends


async def test_what_is_being_recorded_is_not_read_without_the_key_and_plays_with_it(
    tmp_path: Path,
) -> None:
    async with sealed_shop(tmp_path) as shop:
        confirm_keys(shop)
        shop.recorder.apply([policy()])
        await shop.record(units(150))
        files = spooled(shop)
        assert len(files) > 1
        assert not in_the_clear(files)
        growing = shop.recorder.footage(STREAM)[-1].key
        before = shop.places.layout(growing)
        await shop.record(units(180)[150:])
        assert len(shop.places.layout(growing).fragments) > len(before.fragments) > 0


async def test_a_finished_segment_is_the_recording_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    async with workshop(tmp_path / "plain") as plain:
        await plain.record_all(units(150))
        wanted = {row.key: (row.size, row.sha256) for row in await plain.rows.everything()}
    (tmp_path / "sealed").mkdir()
    async with sealed_shop(tmp_path / "sealed") as shop:
        confirm_keys(shop)
        await shop.record_all(units(150))
        rows = await shop.rows.everything()
        assert {row.key: (row.size, row.sha256) for row in rows} == wanted
        for row in rows:
            assert hashlib.sha256(shop.places.store.read(row.key, 0, row.size + 1)).hexdigest() == row.sha256
        assert spooled(shop) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.data())
def test_torn_at_any_byte_all_whole_writes_are_recovered(tmp_path: Path, data: st.DataObject) -> None:
    """As a kill leaves it, or a power cut that leaves zeros: no more is lost than the write that was torn."""
    spool = sealed_spool(tmp_path)
    quarantine = Quarantine(spool.folder, spool.disk, QuarantineMetrics())
    stored, ends = sealed_segment(tmp_path)
    size = data.draw(st.integers(0, len(stored)))
    spool.path(KEY).write_bytes(stored[:size] + bytes(data.draw(st.integers(0, 300))))
    segment = Sealer(spool, quarantine).seal(KEY)
    whole = sum(end <= size for end in ends)
    assert quarantine.files() == []
    if whole < 2:
        assert (segment, spool.path(KEY).exists()) == (None, False)
        return
    wanted = SEGMENT[: [*FRAGMENTS, len(SEGMENT)][whole - 1]]
    assert segment is not None
    assert (segment.size, segment.sha256) == (len(wanted), hashlib.sha256(wanted).hexdigest())
    assert spool.read(KEY, 0, segment.size + 1) == wanted
    assert spool.path(KEY).stat().st_size == ends[whole - 1]


async def test_damage_in_the_midst_sets_aside_what_follows_sealed_and_whole(
    tmp_path: Path,
) -> None:
    async with sealed_shop(tmp_path) as shop:
        confirm_keys(shop)
        stored, ends = sealed_segment(tmp_path)
        damaged = bytearray(stored)
        damaged[ends[2] - 5] ^= 0xFF
        path = shop.places.spool.path(KEY)
        path.write_bytes(damaged)
        shop.finisher.find_left_over()
        await shop.finish()
        (row,) = await shop.rows.everything()
        assert row.size == FRAGMENTS[1]
        (tail,) = set_aside(shop)
        head = Growing(commune_key(tmp_path), KEY).head
        assert tail[len(head) :] == bytes(damaged)[ends[1] :]
        assert tail[: len(head)] == stored[: len(head)]
        # A person gets out of it all but what is damaged.
        (aside,) = shop.quarantine.files()
        files = SpoolFiles(shop.places.spool.keys)
        assert b"".join(files.salvaged(aside)) == SEGMENT[FRAGMENTS[2] :]


async def test_a_damaged_head_is_set_aside_and_never_called_empty(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        confirm_keys(shop)
        stored, _ = sealed_segment(tmp_path)
        for number, at in enumerate((17, 60)):
            damaged = bytearray(stored)
            damaged[at] ^= 0xFF
            key = object_key(STREAM, START_NS + number * 10**9, 1, "aaaa")
            shop.places.spool.path(key).write_bytes(damaged)
        shop.finisher.find_left_over()
        await shop.finish()
        assert len(set_aside(shop)) == 2


async def test_without_its_key_a_file_waits_and_is_finished_when_the_key_is_back(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        confirm_keys(shop)
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        shop.recorder.apply([])
        await shop.settle()
        left = spooled(shop)
    name = f"{STREAM.commune}.jwks"
    (tmp_path / "keys" / name).rename(tmp_path / name)
    async with sealed_shop(tmp_path, "bbbb") as shop:
        shop.finisher.find_left_over()
        await shop.finish()
        assert (spooled(shop), shop.objects()) == (left, [])
        assert STREAM.commune in (shop.finisher.health() or "")
        (tmp_path / name).rename(tmp_path / "keys" / name)
        await shop.finish()
        assert (spooled(shop), len(shop.objects())) == ([], 1)


async def test_what_no_key_opens_any_more_dies_on_its_day_all_the_same(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        confirm_keys(shop)
        shop.recorder.apply([policy(days=5)])
        await shop.policies.replace([policy(days=5)])
        await shop.record(units(50))
        shop.recorder.apply([])
        await shop.settle()
        assert spooled(shop)
    (tmp_path / f"keys/{STREAM.commune}.jwks").unlink()
    async with sealed_shop(tmp_path, "bbbb") as shop:
        shop.finisher.find_left_over()
        await shop.finish()
        await shop.clock.advance(4.9 * 86_400)
        await shop.retention.run_once()
        assert spooled(shop)
        await shop.clock.advance(0.2 * 86_400)
        await shop.retention.run_once()
        assert spooled(shop) == []


async def test_recording_goes_on_in_the_clear_and_loudly_while_the_right_key_is_not_there(
    tmp_path: Path,
) -> None:
    """Another key in its place, as of another disk of keys, would open nothing once the right one is back."""
    async with sealed_shop(tmp_path) as shop:
        confirm_keys(shop)
    spool_keys(tmp_path).communes.set(STREAM.commune, [Key.made()])
    async with sealed_shop(tmp_path, "bbbb") as shop:
        keys = shop.places.spool.keys
        assert keys is not None
        confirm_keys(shop)
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        assert in_the_clear(spooled(shop))
        assert f"{STREAM.commune}: " in (keys.health() or "")


async def test_a_start_while_the_object_store_is_away_seals_with_the_key_known_before(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        confirm_keys(shop)
    store, keys = sealed_store(tmp_path), spool_keys(tmp_path)
    (tmp_path / "objects").rename(tmp_path / "away")
    (tmp_path / "objects").mkdir()
    async with workshop(tmp_path, objects=store, keys=keys, opened=False, nonce="bbbb") as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        assert not in_the_clear(spooled(shop))


async def test_a_commune_nobody_recorded_before_gets_its_key_and_its_next_segment_is_sealed(
    tmp_path: Path,
) -> None:
    async with sealed_shop(tmp_path) as shop:
        keys = shop.places.spool.keys
        assert keys is not None
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        keys.confirm_once()
        await shop.record(units(150)[50:])
        first, *others = spooled(shop)
        assert in_the_clear([first])
        assert others
        assert not in_the_clear(others)
        assert keys.health() is None


async def test_the_key_of_a_commune_that_is_to_be_recorded_is_asked_for_at_once(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        keys = shop.places.spool.keys
        assert keys is not None
        running = asyncio.create_task(keys.run(shop.clock))
        shop.recorder.apply([policy()])
        await eventually((shop.places.spool.folder / ".beffroi-spool-keys").exists, what="the key")
        await shop.record(units(50))
        assert not in_the_clear(spooled(shop))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_write_that_fails_leaves_all_that_was_written_before_it(tmp_path: Path) -> None:
    class Full(RealDisk):
        left = 6

        def write(self, descriptor: int, data: bytes | memoryview) -> None:
            self.left -= 1
            if self.left < 0:
                super().write(descriptor, bytes(data)[: len(data) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            super().write(descriptor, data)

    async with workshop(
        tmp_path, objects=sealed_store(tmp_path), keys=spool_keys(tmp_path), disk=Full()
    ) as shop:
        confirm_keys(shop)
        shop.recorder.apply([policy()])
        await shop.record(units(90))
        shop.recorder.apply([])
        await shop.settle()
        await shop.finish()
        rows = await shop.rows.everything()
        assert len(rows) == 1
        assert len(shop.places.layout(rows[0].key).fragments) == 5


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=300) | st.just(bytes(BLOCK_BYTES + 7)), max_size=6), st.data())
def test_any_range_reads_as_what_was_written_while_it_grows(
    tmp_path: Path, writes: list[bytes], data: st.DataObject
) -> None:
    spool = sealed_spool(tmp_path)
    spool.path(KEY).unlink(missing_ok=True)
    growing = Growing(commune_key(tmp_path), KEY)
    with spool.path(KEY).open("ab", buffering=0) as file:
        file.write(growing.head)
        clear = b""
        for one in writes:
            file.write(growing.seal(one))
            clear += one
            offset, size = data.draw(st.integers(0, len(clear))), data.draw(st.integers(0, len(clear) + 9))
            assert spool.read(KEY, offset, size) == clear[offset : offset + size]
            assert spool.size(KEY) == len(clear)
    with spool.open(KEY) as source:
        assert source.read() == clear
