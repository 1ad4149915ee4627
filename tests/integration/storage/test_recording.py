"""A real storage process records what a real tap brings."""

import asyncio
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import av
import pytest

from shared.messages.storage import RecordingStatus
from shared.tap.wire import gathered_topic, stream_topic
from shared.tickets import Action
from storage.model.instants import text_from_ns
from storage.model.segment import object_key
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.marker import found_store
from storage.objects.notes import FolderNotes
from storage.objects.sealing.commune_keys import CommuneKeys
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.growing import is_sealed
from storage.recording.spool_keys import SpoolKeys
from tests.integration.storage.harness import System, storage
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.unit.storage.segments import layout_of

pytestmark = pytest.mark.slow

S = 1_000_000_000


def now_ns() -> int:
    """A recent instant, so that nothing is due."""
    return time.time_ns() - 60_000_000_000


@contextmanager
def pausing(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def objects(folder: Path) -> list[Path]:
    """Every finished segment."""
    return sorted((folder / "var/objects").rglob("*.mp4"))


async def test_pictures_become_segments_of_the_length_asked_without_a_hole(tmp_path: Path) -> None:
    async with storage(tmp_path) as system:
        # Cuts are staggered: of twelve seconds, four segments of two seconds are finished wherever they fall.
        await system.publish(units(300, start_ns=now_ns(), gop=25))
        await eventually(lambda: len(objects(tmp_path)) >= 4, within_s=30, what="four segments")
        # A recorder may wait: in the end it is sent bundles of gathered pictures alone.
        dearer = (stream_topic(STREAM), gathered_topic(STREAM))
        await eventually(lambda: system.publisher._wanted.isdisjoint(dearer), what="patience")
        assert system.publisher.wanted(STREAM)
    layouts = [layout_of(path) for path in objects(tmp_path)]
    assert {layout.duration90 for layout in layouts[1:3]} == {2 * 90_000}
    assert all(abs(one.end_ns - later.identity.start_ns) < 20_000 for one, later in pairwise(layouts))


@pytest.mark.parametrize(("gop_s", "sealed"), [(1, False), (4, False), (4, True), (10, False)])
async def test_a_kill_loses_a_second_at_most_and_recording_goes_on(
    tmp_path: Path, gop_s: int, sealed: bool
) -> None:
    start_ns = now_ns()
    # The kill comes far behind a key picture, the next one behind the start after it.
    count = (gop_s + 3) * 25 - 5
    pictures = units(count + gop_s * 25 + 50, start_ns=start_ns, gop=gop_s * 25)
    before, after = pictures[:count], pictures[count:]
    async with storage(tmp_path, {"BEFFROI_SEGMENT_S": "600"}, _with_key, sealed=sealed) as system:
        await system.publish(before)
        await eventually(lambda: system.metric("storage_fragments_total"), what="a fragment")
        assert any(is_sealed(path.read_bytes()) for path in (tmp_path / "var/spool").glob("*.mp4")) == sealed
        await system.until(before[-1].utc_ns - S)
        await system.kill()
        await system.start()
        await eventually(lambda: objects(tmp_path), what="the recovered segment")
        # Ten seconds, the start of a process on a busy machine left out.
        await system.publish(after)
        await system.until(after[-1].utc_ns - S, within_s=10)
    found = system.layouts()
    assert found[0].identity.start_ns == start_ns
    assert found[0].end_ns >= before[-1].utc_ns - S
    # What a worker remembers begins at a key picture: nothing lacks.
    assert all(later.identity.start_ns <= one.end_ns + S for one, later in pairwise(found))
    store = system.store()
    with av.open(io.BytesIO(store.read(store.keys()[0], 0, 1 << 30)), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) >= count - 26


def _with_key(system: System) -> None:
    """The commune was recorded before: its key is known, here and beside the spool."""
    if system.sealed:
        spool = system.folder / "var/spool"
        for folder in (spool, system.folder / "var/objects"):
            folder.mkdir(parents=True)
        notes = FolderStore(system.folder / "var/objects", RealDisk()).notes
        found_store(notes, "a-store")
        keys = DataKeys(notes, CommuneKeys(system.folder / "keys", RealDisk()))
        sealing = SpoolKeys(keys, FolderNotes(spool, RealDisk()))
        sealing.sealing(object_key(STREAM, 0, 1, "none"))
        sealing.confirm_once()


async def test_a_process_that_was_frozen_goes_on_and_nobody_takes_its_place_meanwhile(tmp_path: Path) -> None:
    start_ns = now_ns()
    pictures = units(300, start_ns=start_ns, gop=25)
    async with storage(tmp_path) as system:
        await system.publish(pictures[:100])
        await system.until(pictures[99].utc_ns - S)
        assert system.process is not None
        with pausing(system.process.pid):
            for unit in pictures[100:250]:
                system.recent.append(unit)
                system.publisher.publish(unit)
            other = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "storage", env=system.environment(), stderr=asyncio.subprocess.PIPE
            )
            _, said = await asyncio.wait_for(other.communicate(), 60)
            assert (other.returncode != 0, b"Traceback" in said) == (True, False)
        await system.publish(pictures[250:])
        await system.until(pictures[-1].utc_ns - S, within_s=20)
        assert "folders" not in await system.health()
    found = sorted((layout_of(path) for path in objects(tmp_path)), key=lambda one: one.identity.start_ns)
    assert found[0].identity.start_ns == start_ns
    assert all(later.identity.start_ns - one.end_ns <= S for one, later in pairwise(found))


async def test_control_room_hears_how_recording_is_and_can_end_it(tmp_path: Path) -> None:
    async with storage(tmp_path) as system:
        await system.publish(units(60, start_ns=now_ns()))
        await eventually(
            lambda: [one.status for one in system.room.reports.reports] == [RecordingStatus.RECORDING],
            what="a report",
        )
        system.room.policies, system.room.version = (), 2
        await eventually(lambda: not system.publisher.wanted(STREAM), what="the end of the subscription")


async def test_recording_starts_from_the_last_known_policies_without_control_room(tmp_path: Path) -> None:
    start_ns = now_ns()
    async with storage(tmp_path) as system:
        await system.publish(units(30, start_ns=start_ns))
        await system.until(start_ns + 500_000_000)
        await system.kill()
        system.control_port = 9
        await system.start()
        await system.publish(units(30, start_ns=start_ns + 10_000_000_000, run=2))
        await system.until(start_ns + 10_500_000_000)


async def test_footage_plays_while_it_is_being_recorded(tmp_path: Path) -> None:
    start_ns = now_ns()
    async with storage(tmp_path, {"BEFFROI_SEGMENT_S": "600"}) as system:
        await system.publish(units(60, start_ns=start_ns))
        await system.until(start_ns + 1_500_000_000)
        answer = await system.get(
            f"/recordings/{STREAM}/media",
            system.token(Action.PLAYBACK, str(STREAM)),
            **{"from": text_from_ns(start_ns)},
        )
    (tmp_path / "answer.mp4").write_bytes(answer.content)
    with av.open(str(tmp_path / "answer.mp4"), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) >= 38
