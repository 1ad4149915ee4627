"""A power cut takes what was recorded since the last sync of the spool and no more, wherever it comes."""

import hashlib
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage.objects.disk import RealDisk
from tests.support.pictures import STREAM
from tests.unit.storage.forgetful_disk import ForgetfulDisk
from tests.unit.storage.workshop import Workshop, policy, units, workshop

SECOND = 25
SECOND_NS = 1_000_000_000
FRAGMENT_NS = 700_000_000
"""What may wait for the end of its fragment, and a picture."""


def forgetful(folder: Path, calls: int | None = None) -> ForgetfulDisk:
    folder.mkdir(exist_ok=True)
    return ForgetfulDisk([folder / "spool", folder / "objects"], folder / "kept", calls)


async def recorded(shop: Workshop, disk: ForgetfulDisk, seconds: int, sync_every: int) -> int:
    """Record so long, syncing and finishing meanwhile; up to which UTC it was synced."""
    pictures, synced_ns = units(20 * SECOND, gop=SECOND), 0
    shop.recorder.apply([policy()])
    for second in range(seconds):
        if disk.is_off:
            break
        await shop.record(pictures[second * SECOND : (second + 1) * SECOND])
        if second % sync_every == sync_every - 1:
            written_ns = max((one.end_ns for one in shop.recorder.footage(STREAM)), default=0)
            await shop.sync.sync_once()
            synced_ns = synced_ns if disk.is_off else max(synced_ns, written_ns)
        await shop.finisher.run_once()
    return synced_ns


async def found_again(folder: Path) -> list[tuple[int, int]]:
    """What footage there is after a start, oldest first; all of it as its row says."""
    async with workshop(folder, nonce="bbbb") as shop:
        shop.finisher.find_left_over()
        await shop.finish()
        rows = sorted(await shop.rows.everything(), key=lambda row: row.start_ns)
        for row in rows:
            data = shop.places.store.read(row.key, 0, 1 << 30)
            assert hashlib.sha256(data).hexdigest() == row.sha256
        assert not list(shop.places.spool.folder.glob("*.mp4"))
    return [(row.start_ns, row.end_ns) for row in rows]


@pytest.mark.parametrize("zeros", [False, True], ids=["torn", "zeros"])
async def test_what_was_synced_is_there_after_a_power_cut_and_what_was_not_is_bounded(
    tmp_path: Path, zeros: bool
) -> None:
    disk = forgetful(tmp_path)
    async with workshop(tmp_path, disk=disk) as shop:
        synced_ns = await recorded(shop, disk, 13, 5)
        start_ns = units(1)[0].utc_ns
        cut_ns = start_ns + 13 * SECOND_NS
        disk.cut(torn=0.5, zeros=zeros)
    found = await found_again(tmp_path)
    assert synced_ns >= start_ns + 10 * SECOND_NS - FRAGMENT_NS
    assert found[0][0] == start_ns
    assert synced_ns <= found[-1][1] <= cut_ns
    assert all(before[1] == after[0] for before, after in itertools.pairwise(found))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(st.integers(4, 120), st.sampled_from([0.0, 0.3, 0.99]), st.booleans())
@example(40, 0.0, False)
async def test_a_power_cut_at_any_call_of_the_disk_takes_nothing_that_was_synced(
    tmp_path_factory: pytest.TempPathFactory, calls: int, torn: float, zeros: bool
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    disk = forgetful(folder, calls + 8)
    async with workshop(folder, disk=disk) as shop:
        synced_ns = await recorded(shop, disk, 14, 2)
        disk.cut(torn=torn, zeros=zeros)
    found = await found_again(folder)
    if synced_ns:
        assert found[0][0] == units(1)[0].utc_ns
        assert found[-1][1] >= synced_ns
        assert all(before[1] == after[0] for before, after in itertools.pairwise(found))


@pytest.mark.parametrize("calls", range(9))
async def test_a_power_cut_while_finishing_leaves_no_row_without_its_file(tmp_path: Path, calls: int) -> None:
    disk = forgetful(tmp_path)
    async with workshop(tmp_path, disk=disk) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        shop.recorder.apply([])
        await shop.settle()
        disk.go_off_after(calls)
        await shop.finisher.run_once()
        rows = await shop.rows.everything()
        disk.cut()
    found = await found_again(tmp_path)
    assert len(found) >= len(rows)


async def test_a_disk_that_does_not_sync_is_unhealthy_and_tried_again(tmp_path: Path) -> None:
    class Stubborn(RealDisk):
        works = False

        def sync_all(self, folder: Path) -> None:
            if not self.works:
                raise OSError(5, "Input/output error")
            super().sync_all(folder)

    disk = Stubborn()
    async with workshop(tmp_path, disk=disk) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        await shop.sync.sync_once()
        assert "does not survive a power cut" in (shop.sync.health() or "")
        await shop.clock.advance(7)
        assert shop.sync.unsynced_s == pytest.approx(7, abs=0.1)
        disk.works = True
        await shop.sync.sync_once()
        assert (shop.sync.health(), shop.sync.unsynced_s) == (None, 0.0)


async def test_a_sync_that_is_overdue_is_unhealthy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        await shop.clock.advance(21)
        assert "would take the last 21 s" in (shop.sync.health() or "")
