"""One storage has a bucket at a time."""

import asyncio
import io
from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from shared.errors import Conflict, Unavailable
from storage.objects.boot import SinceBoot
from storage.objects.s3 import S3Store
from storage.objects.s3_lease import NOTE, RENEW_S, WATCH_S, S3Lease
from storage.objects.s3_wire import S3Place, S3Wire
from storage.objects.store import StoreAway
from tests.support.eventually import eventually
from tests.support.s3_server import S3Server


class WatchedClock(SimulatedClock):
    """Tells how often it was asked to wait."""

    sleepers = 0

    async def sleep(self, seconds: float) -> None:
        self.sleepers += 1
        await super().sleep(seconds)


class Holder:
    """A storage on a machine."""

    def __init__(self, place: S3Place, spool: Path, boot: str = "boot-1", family: str = "") -> None:
        spool.mkdir(exist_ok=True)
        self.clock = WatchedClock()
        self.wire = S3Wire(place, self.clock.monotonic_ns)
        self.store = S3Store(self.wire)
        self.lease = S3Lease(self.wire, self.clock, lambda: SinceBoot(boot, 0), spool, family)


async def test_what_another_machine_holds_is_not_taken(s3: S3Server, tmp_path: Path) -> None:
    place = s3.place()
    first, second = Holder(place, tmp_path / "a"), Holder(place, tmp_path / "b", "boot-2")
    await first.lease.take()
    taking = asyncio.create_task(second.lease.take())
    await eventually(lambda: second.clock.sleepers > 0, what="the second one watching")
    await asyncio.to_thread(first.lease.renew)
    await second.clock.advance(WATCH_S)
    with pytest.raises(Conflict, match=r"another storage works in locked/.*process \d+ on"):
        await taking
    with pytest.raises(StoreAway, match="not taken"):
        second.store.put("a.mp4", io.BytesIO(b"x"))
    with pytest.raises(StoreAway, match="not taken"):
        second.store.remove("a.mp4")
    with pytest.raises(StoreAway, match="not taken"):
        second.store.notes.write(".a", b"")


async def test_what_a_machine_that_is_gone_held_is_taken_after_a_while(s3: S3Server, tmp_path: Path) -> None:
    place = s3.place()
    first, second = Holder(place, tmp_path / "a"), Holder(place, tmp_path / "b", "boot-2")
    await first.lease.take()
    taking = asyncio.create_task(second.lease.take())
    await eventually(lambda: second.clock.sleepers > 0, what="the second one watching")
    await second.clock.advance(WATCH_S)
    await taking
    second.store.notes.write(".a", b"mine")
    with pytest.raises(Conflict):
        await asyncio.to_thread(first.lease.renew)
    assert await first.lease.reason_to_refuse() is not None
    with pytest.raises(StoreAway, match="not taken"):
        first.store.notes.write(".a", b"theirs")


async def test_a_process_that_comes_back_to_its_own_spool_waits_for_nothing(
    s3: S3Server, tmp_path: Path
) -> None:
    place = s3.place()
    await Holder(place, tmp_path / "a").lease.take()
    again = Holder(place, tmp_path / "a")
    await again.lease.take()
    assert (again.clock.monotonic_ns(), await again.lease.reason_to_refuse()) == (0, None)


async def test_what_was_let_go_is_taken_at_once_and_leaves_no_version(s3: S3Server, tmp_path: Path) -> None:
    place = s3.place()
    first = Holder(place, tmp_path / "a")
    await first.lease.take()
    for _ in range(3):
        await asyncio.to_thread(first.lease.renew)
    found = s3.client().list_object_versions(Bucket=place.bucket, Prefix=place.name(NOTE))
    assert len(found["Versions"]) == 1
    await asyncio.to_thread(first.lease.release)
    await Holder(place, tmp_path / "b", "boot-2").lease.take()


async def test_a_lease_that_cannot_be_renewed_stops_destruction_and_is_kept_when_the_store_is_back(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = Holder(s3.place(), tmp_path / "a")
    await holder.lease.take()
    with monkeypatch.context() as away:

        def cut(*_: object, **__: object) -> None:
            raise StoreAway(111, "cut")

        away.setattr(S3Wire, "call", cut)
        holder.lease.renew()
        assert await holder.lease.reason_to_refuse() is not None
        with pytest.raises(Unavailable):
            await Holder(s3.place(), tmp_path / "b").lease.take()
    keeping = asyncio.create_task(holder.lease.keep())
    await eventually(lambda: holder.clock.sleepers > 0, what="the keeper waiting")
    await holder.clock.advance(RENEW_S)
    await eventually(lambda: holder.lease._trouble is None, what="the lease renewed")
    keeping.cancel()
    assert await holder.lease.reason_to_refuse() is None


async def test_a_renewal_whose_answer_was_lost_loses_nothing(s3: S3Server, tmp_path: Path) -> None:
    holder = Holder(s3.place(), tmp_path / "a")
    await holder.lease.take()
    tag = holder.lease._tag
    await asyncio.to_thread(holder.lease.renew)
    holder.lease._tag = tag
    await asyncio.to_thread(holder.lease.renew)
    assert await holder.lease.reason_to_refuse() is None


async def test_a_service_without_conditional_writes_is_no_store(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = S3Wire.call

    def careless(self: S3Wire, operation: str, key: str = "", /, **arguments: object) -> object:
        arguments.pop("IfNoneMatch", None)
        return call(self, operation, key, **arguments)

    monkeypatch.setattr(S3Wire, "call", careless)
    holder = Holder(s3.place(), tmp_path / "a")
    with pytest.raises(Conflict, match="conditional writes"):
        await holder.lease.take()


async def test_who_stood_still_for_longer_than_others_wait_renews_before_it_writes(
    s3: S3Server, tmp_path: Path
) -> None:
    holder = Holder(s3.place(), tmp_path / "a")
    await holder.lease.take()
    holder.store.notes.write(".a", b"mine")
    await holder.clock.advance(WATCH_S)
    with pytest.raises(StoreAway, match="not taken"):
        holder.store.notes.write(".a", b"late")
    await asyncio.to_thread(holder.lease.renew)
    holder.store.notes.write(".a", b"mine again")


async def test_processes_of_one_index_have_a_bucket_together_and_nobody_else_has_it(
    s3: S3Server, tmp_path: Path
) -> None:
    place = s3.place()
    first, second = (Holder(place, tmp_path / name, f"boot-{name}", "family") for name in "ab")
    foreign = Holder(place, tmp_path / "c", "boot-c", "foreign")
    await first.lease.take()
    await second.lease.take()
    assert second.clock.sleepers == 0
    for _ in range(3):
        for one in (first, second):
            await asyncio.to_thread(one.lease.renew)
            assert await one.lease.reason_to_refuse() is None
    first.store.notes.write(".a", b"x")
    taking = asyncio.create_task(foreign.lease.take())
    await eventually(lambda: foreign.clock.sleepers > 0, what="the foreign one watching")
    await asyncio.to_thread(first.lease.release)
    await asyncio.to_thread(second.lease.renew)
    await foreign.clock.advance(WATCH_S)
    with pytest.raises(Conflict, match="another storage works in"):
        await taking
    assert second.store.notes.read(".a") == b"x"
