"""What several processes tell each other through the index: rights, reports, who records what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.ids import StreamId
from shared.leases import Leases
from shared.messages.storage import RecordingStatus
from storage.lifecycle.archive import Archive, open_archive
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.recording.compose import compose_recording
from storage.recording.lane import DiskLane
from storage.recording.recorder import Recorder
from storage.recording.spool import Spool
from storage.recording.spool_folders import SpoolFolders
from storage.settings import StorageSettings
from storage.sharing.compose import Sharing, compose_sharing, family_of
from tests.support.pictures import STREAM
from tests.support.tap import FakeTap
from tests.unit.storage.workshop import Workshop, policy, units, workshop


@dataclass
class Process:
    """One process with a name, beside a workshop whose clock and control_room it has."""

    archive: Archive
    sharing: Sharing
    recorder: Recorder
    tap: FakeTap
    rights: Leases


@asynccontextmanager
async def process(shop: Workshop, name: str) -> AsyncIterator[Process]:
    folders = SpoolFolders(shop.folder / "spool", name)
    folders.own.mkdir(exist_ok=True)
    lane = DiskLane(f"lane-{name}", 8 << 20)
    lane.start()
    spool = Spool(folders.own, RealDisk(), [lane], shop.clock, others=folders.others)
    store = FolderStore(shop.folder / "objects", RealDisk(), name)
    url = f"sqlite+aiosqlite:///{shop.folder / 'index.db'}"
    archive = await open_archive(url, store, spool, name)
    rights = Leases(shop.tickets.key.public_key(), shop.clock)
    sharing = Sharing(name, archive, folders, store.clear_incoming, rights, shop.clock)
    tap = FakeTap()
    half = compose_recording(
        tap,
        archive.places,
        archive.rows,
        shop.clock,
        segment_s=4.0,
        nonce=name,
        stored=archive.bond.stored,
        mine=sharing.is_mine,
        gate=sharing.gate,
    )
    half.recorder.apply([policy(), policy(other())])
    await sharing.join(half, shop.retention)
    yield Process(archive, sharing, half.recorder, tap, rights)
    await half.recorder.close()
    await lane.close()
    await archive.database.close()


def other() -> StreamId:
    return StreamId("59350", "cam-other")


async def both_look(*processes: Process) -> None:
    for _ in range(4):
        for one in processes:
            one.sharing.member.wake()
            await one.sharing.member.once()


async def test_two_record_a_stream_each_and_the_one_that_leads_tells_of_both(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop, process(shop, "a") as a, process(shop, "b") as b:
        await both_look(a, b)
        assert [len(one.tap.sinks) for one in (a, b)] == [1, 1]
        assert {*a.tap.sinks, *b.tap.sinks} == {STREAM, other()}
        leads, follows = (a, b) if a.sharing.member.held.leads else (b, a)
        await shop.settle()
        assert leads.sharing.leadership.term is not None
        told = await leads.sharing.reports()
        assert told is not None
        assert [one.stream for one in told] == sorted([str(STREAM), str(other())])
        assert {one.status for one in told} == {RecordingStatus.WAITING}
        assert await follows.sharing.reports() is None
        assert leads.sharing.is_recording(next(iter(follows.tap.sinks)))
        assert not leads.sharing.is_recording(next(iter(leads.tap.sinks)))


async def test_a_stream_that_is_another_s_by_now_is_not_recorded_behind_a_freeze(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop, process(shop, "a") as a:
        await both_look(a)
        for unit in units(30):
            a.tap.give(unit)
        shop.clock.pass_unseen(60)
        # Another has taken all meanwhile.
        async with process(shop, "b") as b:
            for _ in range(9):
                shop.clock.pass_unseen(1)
                await b.sharing.member.once()
            assert len(b.tap.sinks) == 2
            for unit in units(90)[60:]:
                a.tap.give(unit)
            assert a.sharing.gate.is_shut
            before = a.recorder.footage(STREAM)
            await a.sharing.member.once()
            assert not a.sharing.gate.is_shut
            mine = {STREAM, other()} & a.tap.sinks.keys()
            assert len(mine) <= 1
            if STREAM not in mine:
                assert [one.key for one in a.recorder.footage(STREAM)] == [one.key for one in before]


async def test_what_control_room_says_of_rights_to_one_process_holds_in_all(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop, process(shop, "a") as a, process(shop, "b") as b:
        await b.sharing.hear_rights()
        assert not b.rights.confirmed
        token = shop.lessor.lease()
        a.rights.take(token)
        await a.sharing.pass_on(token)
        await b.sharing.hear_rights()
        assert b.rights.confirmed
        # A forged one ends nothing, nor does one that is older.
        await shop.archive.marks.set("rights-lease", "forged")
        await b.sharing.hear_rights()
        assert b.rights.confirmed


async def test_an_export_of_a_process_that_died_is_another_s_to_make(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop, process(shop, "a") as a, process(shop, "b") as b:
        await both_look(a, b)
        assert await a.sharing.claims.take("x-1")
        assert not await b.sharing.claims.take("x-1")
        assert a.sharing.claims.is_mine("x-1")
        for _ in range(9):
            shop.clock.pass_unseen(1)
            await b.sharing.member.once()
        assert not a.sharing.claims.is_mine("x-1")
        assert await b.sharing.claims.take("x-1")
        await b.sharing.claims.leave("x-1")
        assert not b.sharing.claims.is_mine("x-1")


async def test_one_alone_takes_over_what_several_left(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        left = SpoolFolders(tmp_path / "spool", "a").own
        left.mkdir()
        (left / "59350~cam~main~x.mp4").write_bytes(b"pictures")
        folders = SpoolFolders(tmp_path / "spool", "")
        alone = StorageSettings.model_construct(storage_name="")
        found = await compose_sharing(
            alone,
            shop.archive,
            folders,
            lambda _: 0,
            Leases(shop.tickets.key.public_key(), shop.clock),
            shop.clock,
        )
        assert found is None
        assert [path.name for path in (tmp_path / "spool").glob("*.mp4")] == ["59350~cam~main~x.mp4"]
        url = f"sqlite+aiosqlite:///{tmp_path / 'index.db'}"
        assert await family_of(url) == await family_of(url)
