"""Units that come together are recorded as those that come one by one, and a writer knows what it wrote."""

import errno
import hashlib
import statistics
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.ports import Pace
from ingest.rtsp.turns import EVERY_S
from shared.tap.asking import PATIENCE_S
from shared.tap.gathered import read_usual
from shared.tap.wire import gathered
from shared.units import AccessUnit
from storage.fmp4.reader import Layout
from storage.objects.disk import RealDisk
from storage.recording import survey
from storage.settings import CoreChoice
from tests.unit.storage.segments import layout_of
from tests.unit.storage.workshop import Workshop, policy, units, workshop

FPS = 25
BY_BOTH = pytest.mark.parametrize("core", [CoreChoice.AUTO, CoreChoice.PYTHON])
Told = list[tuple[int, int, bool, bytes]]


def give(shop: Workshop, coming: list[AccessUnit]) -> None:
    """As the tap would: together where that may be, else each by itself."""
    header, data = gathered(coming)
    several = read_usual(header, memoryview(bytearray(data)))
    if several is None:
        shop.tap.give(*coming)
    else:
        shop.tap.give_together(several)


def pictures_of(shop: Workshop) -> tuple[list[Layout], Told]:
    """All segments, oldest first, and of each picture its UTC, length, whether it is a key, and its bytes."""
    paths = list(shop.places.spool.folder.glob("*.mp4"))
    layouts = sorted(
        ((layout_of(path), path.read_bytes()) for path in paths), key=lambda one: one[0].identity.start_ns
    )
    told: Told = []
    for layout, data in layouts:
        for fragment in layout.fragments:
            at, time90 = fragment.data, layout.identity.start_ns * 9 // 100_000 + fragment.time90
            for sample in fragment.moof.samples:
                told.append((time90, sample.duration90, sample.key, data[at : at + sample.size]))
                at, time90 = at + sample.size, time90 + sample.duration90
    return [layout for layout, _ in layouts], told


async def recorded(folder: Path, coming: list[list[AccessUnit]], core: CoreChoice, *, together: bool) -> Told:
    folder.mkdir()
    async with workshop(folder, core=core) as shop:
        shop.recorder.apply([policy()])
        for some in coming:
            give(shop, some) if together else shop.tap.give(*some)
        shop.recorder.apply([])
        await shop.settle()
        layouts, told = pictures_of(shop)
    for layout in layouts:
        for fragment in layout.fragments:
            assert fragment.moof.duration90 - fragment.moof.samples[-1].duration90 < 90_000
        for before, after in pairwise(layout.fragments):
            assert before.time90 + before.moof.duration90 == after.time90
    return told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6, deadline=None)
@given(
    st.lists(st.integers(1, 12), min_size=20, max_size=40),
    st.sampled_from([5, 10, 25]),
    st.sets(st.integers(1, 130), max_size=4),
    st.sampled_from([CoreChoice.AUTO, CoreChoice.PYTHON]),
)
async def test_units_that_come_together_are_recorded_as_those_that_come_alone(
    tmp_path_factory: pytest.TempPathFactory,
    lengths: list[int],
    gop: int,
    odd: set[int],
    core: CoreChoice,
) -> None:
    pictures = units(130, gop=gop)
    # A camera that reconnects, and times that jump or stand still.
    for at in sorted(odd):
        jump90 = (0, 3 * 90_000, 7 * 90_000, -1800)[at % 4]
        run = at // 4 % 2
        pictures[at:] = [replace(one, pts90=one.pts90 + jump90, run=one.run + run) for one in pictures[at:]]
    groups, at = list[list[AccessUnit]](), 0
    for length in lengths:
        groups.append(pictures[at : at + length])
        at += length
    groups = [group for group in groups if group]
    folder = tmp_path_factory.mktemp("both")
    alone = await recorded(folder / "alone", groups, CoreChoice.PYTHON, together=False)
    both = await recorded(folder / "together", groups, core, together=True)
    assert [(time90, key, data) for time90, _, key, data in both] == [
        (time90, key, data) for time90, _, key, data in alone
    ]


async def test_a_kill_of_worker_and_recorder_at_once_takes_less_than_a_second(tmp_path: Path) -> None:
    a_turn = round(EVERY_S[Pace.SOON] * FPS)
    most_waiting = 0
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        pictures = units(200, gop=50)
        for first in range(3 - a_turn, 200, a_turn):
            give(shop, pictures[max(0, first) : first + a_turn])
            await shop.settle()
            written = len(pictures_of(shop)[1])
            most_waiting = max(most_waiting, min(200, first + a_turn) - written)
        layouts, _ = pictures_of(shop)
    lengths = [len(fragment.moof.samples) for layout in layouts for fragment in layout.fragments]
    # As few fragments as that leaves room for: not one a turn.
    assert statistics.mean(lengths) > 1.1 * a_turn
    # What waits in the worker's kernel and in the recorder; what is left is the disk's.
    assert EVERY_S[Pace.SOON] + most_waiting / FPS + PATIENCE_S < 0.95


async def test_pictures_in_front_of_a_hole_do_not_wait_for_those_behind_it(tmp_path: Path) -> None:
    pictures = units(25, gop=25)
    later = [replace(one, pts90=one.pts90 + 4 * 90_000) for one in pictures[10:]]
    groups = [pictures[:5], pictures[5:10], later[:5], later[5:10], later[10:]]
    alone = await recorded(tmp_path / "alone", groups, CoreChoice.PYTHON, together=False)
    assert await recorded(tmp_path / "together", groups, CoreChoice.AUTO, together=True) == alone


@BY_BOTH
async def test_what_its_writer_knows_of_a_file_is_what_the_file_says(
    tmp_path: Path, core: CoreChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workshop(tmp_path, core=core) as shop:
        shop.recorder.apply([policy()])
        pictures = units(250)
        for first in range(0, 250, 5):
            give(shop, pictures[first : first + 5])
        shop.recorder.apply([])
        await shop.settle()
        keys = sorted(shop.finisher._pending)
        written = [shop.finisher._pending[key] for key in keys]
        assert len(keys) > 2
        assert written == [shop.sealer.seal(key) for key in keys]
        # And so it need not be read again.
        monkeypatch.setattr(survey, "digest_of", None)
        await shop.finish()
        rows = {row.key: row.sha256 for row in await shop.rows.everything()}
    assert rows == {one.key: one.sha256 for one in written if one is not None}


async def test_a_file_that_is_longer_than_its_writer_knows_is_read(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        shop.recorder.apply([])
        await shop.settle()
        ((key, written),) = shop.finisher._pending.items()
        assert written is not None
        path = shop.places.spool.path(key)
        path.write_bytes(path.read_bytes() + b"\0" * 100)
        assert shop.sealer.seal(key, written) == written
        assert path.stat().st_size == written.size


async def test_a_write_that_failed_and_could_not_be_undone_is_in_no_hash(tmp_path: Path) -> None:
    class Torn(RealDisk):
        """Takes half a write, once, and nothing can be taken back."""

        left = 3

        def write(self, descriptor: int, data: bytes | memoryview) -> None:
            self.left -= 1
            super().write(descriptor, data if self.left else data[: len(data) // 2])
            if not self.left:
                raise OSError(errno.EIO, "Input/output error")

        def truncate(self, descriptor: int, size: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

    async with workshop(tmp_path, disk=Torn()) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(60))
        shop.recorder.apply([])
        await shop.settle()
        await shop.finish()
        rows = await shop.rows.everything()
        objects = [shop.places.store.read(row.key, 0, 1 << 30) for row in rows]
    assert rows
    assert [(hashlib.sha256(data).hexdigest(), len(data)) for data in objects] == [
        (row.sha256, row.size) for row in rows
    ]
