"""What another process is writing is shown until the index has it."""

from pathlib import Path

from storage.model.deadline import DAY_NS
from storage.model.segment import spool_name
from storage.objects.disk import RealDisk
from storage.recording.spool import Spool
from storage.sharing.growing import GrowingElsewhere
from tests.support.pictures import START_NS, STREAM
from tests.support.sealed_store import sealed_store, spool_keys
from tests.unit.storage.packages import confirm_keys
from tests.unit.storage.sharing.test_adoption import made
from tests.unit.storage.workshop import policy, units, workshop


async def test_what_another_is_writing_is_shown_until_the_index_has_it(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(60))
        key = shop.recorder.footage(STREAM)[0].key
        root = tmp_path / "shared"
        mine, other = made(root, "a"), made(root, "b").own
        spool = Spool(mine.own, RealDisk(), [], shop.clock, others=mine.others)
        (other / spool_name(key)).write_bytes(shop.places.spool.path(key).read_bytes())
        (other / spool_name(key.replace("aaaa", "torn"))).write_bytes(b"no segment")
        growing = GrowingElsewhere(spool, shop.rows, shop.clock)
        found = await growing.of(STREAM)
        assert [(one.key, one.start_ns, one.days) for one in found] == [(key, START_NS, 30)]
        assert found[0].end_ns > START_NS
        assert await growing.of(STREAM) == found
        # Nobody shows what is past its deadline, or what the index knows.
        shop.clock.step_utc(31 * DAY_NS)
        assert await growing.of(STREAM) == []
        shop.clock.step_utc(-31 * DAY_NS)
        shop.recorder.apply([])
        await shop.settle()
        await shop.finish()
        assert await growing.of(STREAM) == []


async def test_what_another_seals_while_it_writes_is_shown_by_whoever_has_its_key(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path), keys=spool_keys(tmp_path)) as shop:
        confirm_keys(shop)
        shop.recorder.apply([policy()])
        await shop.record(units(60))
        key = shop.recorder.footage(STREAM)[0].key
        root = tmp_path / "shared"
        mine, other = made(root, "a"), made(root, "b").own
        sealed = shop.places.spool.path(key).read_bytes()
        assert b"moov" not in sealed
        (other / spool_name(key)).write_bytes(sealed)
        spool = Spool(mine.own, RealDisk(), [], shop.clock, others=mine.others, keys=shop.places.spool.keys)
        found = await GrowingElsewhere(spool, shop.rows, shop.clock).of(STREAM)
        assert [one.key for one in found] == [key]
        assert spool.read(key, 4, 4) == b"ftyp"
        assert spool.size(key) == shop.places.spool.size(key)
        keyless = Spool(mine.own, RealDisk(), [], shop.clock, others=mine.others)
        assert await GrowingElsewhere(keyless, shop.rows, shop.clock).of(STREAM) == []
