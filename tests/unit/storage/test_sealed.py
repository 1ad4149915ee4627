"""Storage over sealed objects: what was recorded plays, is scrubbed, made into an index again, and dies."""

import hashlib
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.reasons import Reason
from storage.lifecycle.scrub import Fault, scrubbed
from tests.support.pictures import STREAM
from tests.support.sealed_store import sealed_store
from tests.unit.storage.aging import days_pass
from tests.unit.storage.workshop import units, workshop


async def test_rows_speak_of_the_recording_and_not_of_its_sealed_form(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path)) as shop:
        await shop.record_all(units(250))
        for row in await shop.rows.everything():
            data = shop.places.store.read(row.key, 0, row.size + 1)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (row.size, row.sha256)
            assert shop.places.layout(row.key).fragments
            assert b"moof" not in shop.object_file(row.key).read_bytes()


async def test_a_lost_index_is_made_again_from_sealed_objects(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path)) as shop:
        await shop.record_all(units(250))
        before = await shop.rows.everything()
        await shop.rows.forget([row.key for row in before])
    async with workshop(tmp_path, objects=sealed_store(tmp_path), nonce="bbbb") as shop:
        assert (await shop.reindex()).added == len(before)
        assert await shop.rows.everything() == before
        assert not any((await scrubbed(shop.scrub())).values())


async def test_a_changed_sealed_object_is_found_by_the_scrub(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path)) as shop:
        await shop.record_all(units(250))
        path = shop.object_file(shop.objects()[0])
        path.write_bytes(path.read_bytes()[:-1] + b"\xff")
        assert (await scrubbed(shop.scrub()))[Fault.DAMAGED] == 1
        other = shop.object_file(shop.objects()[1])
        other.write_bytes(other.read_bytes()[:50])
    async with workshop(tmp_path, objects=sealed_store(tmp_path), nonce="bbbb") as shop:
        found = await scrubbed(shop.scrub())
        assert (found[Fault.DAMAGED], found[Fault.MISSING]) == (2, 0)


async def test_a_crash_between_object_and_row_finds_the_object_stored(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path)) as shop:
        await shop.record_all(units(100))
        row = (await shop.rows.everything())[0]
        sealed = shop.object_file(row.key).read_bytes()
        path = shop.places.spool.path(row.key)
        for stored in (sealed, sealed[:-1] + b"\xff", sealed[:80]):
            await shop.rows.forget([row.key])
            path.write_bytes(shop.places.store.read(row.key, 0, row.size))
            shop.object_file(row.key).write_bytes(stored)
            await shop.finisher.finish(row.key)
            assert not path.exists()
            data = sealed_store(tmp_path).read(row.key, 0, row.size)
            assert hashlib.sha256(data).hexdigest() == row.sha256


async def test_retention_takes_the_data_keys_with_the_last_objects(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path)) as shop:
        await shop.record_all(units(250), days=1)
        assert len(shop.places.store.notes.names(".keys")) == 1
        await days_pass(shop, 2)
        await shop.retention.run_once()
        assert (shop.objects(), shop.places.store.notes.names(".keys")) == ([], [])


async def test_without_its_key_a_recording_is_neither_played_nor_called_destroyed(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path)) as shop:
        await shop.record_all(units(250))
        key, rows = shop.objects()[0], await shop.rows.everything()
    (tmp_path / "keys" / f"{STREAM.commune}.jwks").rename(tmp_path / "away")
    async with workshop(tmp_path, objects=sealed_store(tmp_path), nonce="bbbb") as shop:
        with pytest.raises(Unavailable, match=STREAM.commune) as told:
            shop.catalogue.layout_now(key)
        assert isinstance(told.value.why, Reason)
        assert dict(told.value.why.params)["cause"] == "key-missing"
        # An index made again without the keys would know nothing: it is refused as a whole.
        await shop.rows.forget([key])
        with pytest.raises(Unavailable, match=STREAM.commune):
            await shop.reindex()
        (tmp_path / "away").rename(tmp_path / "keys" / f"{STREAM.commune}.jwks")
        assert (await shop.reindex()).added == 1
        assert await shop.rows.everything() == rows


async def test_a_lost_data_key_is_said_of_the_camera_and_day(tmp_path: Path) -> None:
    async with workshop(tmp_path, objects=sealed_store(tmp_path)) as shop:
        await shop.record_all(units(100))
        for name in shop.places.store.notes.names(".keys"):
            shop.places.store.notes.remove(name)
    async with workshop(tmp_path, objects=sealed_store(tmp_path), nonce="bbbb") as shop:
        with pytest.raises(Unavailable, match=f"camera {STREAM.camera_path} of 20") as told:
            shop.catalogue.read(shop.objects()[0], 0, 10)
        assert "destroyed" not in str(told.value)
