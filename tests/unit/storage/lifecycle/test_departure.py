"""A commune that leaves takes all that is its own; what is left here is nothing, and that is proven."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.errors import BadInput, Conflict
from shared.evidence.departure import DEPARTURE, ERASURE, OBJECTS, Handed, check_departure
from shared.evidence.signature import EvidenceKey
from storage.index.holds import Hold
from storage.lifecycle.departure import Departure, Sealed
from storage.lifecycle.reindex import reindex
from storage.objects.compose import departure_home
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.sealing.store import SealingStore
from tests.support.pictures import STREAM
from tests.support.sealed_store import data_keys, sealed_store
from tests.unit.storage.workshop import Workshop, pem_pair, units, workshop

COMMUNE = STREAM.commune


def _made(folder: Path) -> Path:
    (folder / "objects").mkdir(exist_ok=True)
    return folder


def home(folder: Path) -> Sealed:
    raw = FolderStore(folder / "objects", RealDisk())
    keys = data_keys(folder, raw)
    return Sealed(raw, SealingStore(raw, keys), keys)


def departure(shop: Workshop, folder: Path, here: Sealed, evidence: EvidenceKey) -> Departure:
    there = folder / "leaving"
    there.mkdir(exist_ok=True)
    return Departure(
        shop.archive, here, Sealed(*departure_home(there, RealDisk())), there, evidence, shop.clock
    )


@pytest.fixture
def evidence() -> EvidenceKey:
    return EvidenceKey.from_pem(pem_pair()[0])


def told(folder: Path, name: str, evidence: EvidenceKey) -> dict[str, object]:
    text = (folder / "leaving" / name).read_bytes()
    assert evidence.public.has_signed(text, (folder / "leaving" / f"{name}.sig").read_bytes())
    found: dict[str, object] = json.loads(text)
    return found


async def test_what_a_commune_takes_along_is_a_store_that_opens_with_its_key_alone(
    tmp_path: Path, evidence: EvidenceKey
) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        await shop.record_all(units(250))
        rows = await shop.rows.everything()
        done = await departure(shop, tmp_path, here, evidence).hand_over(COMMUNE)
        assert (done.objects, done.in_the_clear) == (len(rows), 0)
        assert told(tmp_path, DEPARTURE, evidence)["objects"] == len(rows)
        assert check_departure(tmp_path / "leaving", evidence.public).found is Handed.HANDED_OVER
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "leaving" / "objects").rename(elsewhere / "objects")
    (tmp_path / "leaving" / "keys").rename(elsewhere / "keys")
    (tmp_path / "keys").rename(tmp_path / "keys-of-the-centre")
    async with workshop(elsewhere, objects=home(elsewhere).store) as theirs:
        found = await reindex(theirs.archive, theirs.clock.utc_ns())
        assert (found.added, found.unreadable) == (len(rows), 0)
        assert await theirs.rows.everything() == rows


async def test_what_was_erased_is_gone_and_no_copy_of_it_opens(tmp_path: Path, evidence: EvidenceKey) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        await shop.record_all(units(250))
        leaving = departure(shop, tmp_path, here, evidence)
        done = await leaving.hand_over(COMMUNE)
        keys = here.store.keys()
        copies = {key: (tmp_path / "objects" / key).read_bytes() for key in keys}
        notes = {path: path.read_bytes() for path in (tmp_path / "objects" / ".keys").iterdir()}
        await leaving.erase(COMMUNE)
        assert (here.store.keys(), await shop.rows.everything()) == ([], [])
        assert list((tmp_path / "keys").iterdir()) == []
        proof = told(tmp_path, ERASURE, evidence)
        checked = check_departure(tmp_path / "leaving", evidence.public)
        assert (checked.found, checked.keys[0]) == (Handed.ERASED, f"commune: {done.commune_keys[0]}")
        assert (proof["commune"], proof["objects"]) == (COMMUNE, len(keys))
        assert (proof["commune_keys"], proof["data_keys"]) == (list(done.commune_keys), done.data_keys)
        listed = (tmp_path / "leaving" / OBJECTS).read_bytes()
        assert proof["objects_sha256"] == hashlib.sha256(listed).hexdigest()
        # Backups of objects and of data keys are no footage without the commune's key.
        for key, copy in copies.items():
            (tmp_path / "objects" / key).write_bytes(copy)
        for note, copy in notes.items():
            note.write_bytes(copy)
        again = sealed_store(tmp_path)
        for key in keys:
            with pytest.raises(OSError, match="cannot be opened"):
                again.read(key, 0, 10)


async def test_an_erasure_cut_off_anywhere_is_gone_on_with(tmp_path: Path, evidence: EvidenceKey) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        await shop.record_all(units(250))
        leaving = departure(shop, tmp_path, here, evidence)
        await leaving.hand_over(COMMUNE)
        count = len(here.store.keys())
        remove, calls = here.raw.remove, 0

        def dying(key: str) -> bool:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise OSError(5, "Input/output error")
            return remove(key)

        here.raw.remove = dying  # type: ignore[method-assign]
        with pytest.raises(OSError, match="Input/output"):
            await leaving.erase(COMMUNE)
        with pytest.raises(Conflict, match="is being erased"):
            await leaving.hand_over(COMMUNE)
        for _again in range(2):
            await departure(shop, tmp_path, here, evidence).erase(COMMUNE)
        assert (here.raw.keys(), await shop.rows.everything()) == ([], [])
        assert told(tmp_path, ERASURE, evidence)["objects"] == count


async def test_the_register_says_that_what_is_gone_departed(tmp_path: Path, evidence: EvidenceKey) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        await shop.record_all(units(250))
        leaving = departure(shop, tmp_path, here, evidence)
        await leaving.hand_over(COMMUNE)
        keys = here.store.keys()
        await leaving.erase(COMMUNE)
        async with shop.database.read() as connection:
            ends = (await connection.exec_driver_sql("SELECT key, ground FROM leaves")).all()
        assert {(end.key, end.ground) for end in ends} == {(key, "departed") for key in keys}


async def test_holds_and_orders_of_others_keep_what_is_here(tmp_path: Path, evidence: EvidenceKey) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        await shop.record_all(units(250))
        leaving = departure(shop, tmp_path, here, evidence)
        await leaving.hand_over(COMMUNE)
        first = (await shop.rows.everything())[0]
        hold = Hold("h-1", str(STREAM), first.start_ns, first.end_ns, "PV 2026/17")
        await shop.holds.put(hold)
        with pytest.raises(Conflict, match="PV 2026/17"):
            await leaving.erase(COMMUNE)
        await shop.holds.remove("h-1")
        (tmp_path / "spool" / f"{COMMUNE}~left.mp4").touch()
        with pytest.raises(Conflict, match="in the spool"):
            await leaving.erase(COMMUNE)
        assert len(here.store.keys()) == len(await shop.rows.everything()) > 0
        assert here.store.read(first.key, 0, 10)


def _damage_object(folder: Path) -> None:
    path = next((folder / "objects").rglob("*.mp4"))
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")


def _lose_key(folder: Path) -> None:
    (folder / "keys" / f"{COMMUNE}.jwks").unlink()


def _change_list(folder: Path) -> None:
    (folder / OBJECTS).write_bytes(b"")


def _change_statement(folder: Path) -> None:
    file = folder / DEPARTURE
    file.write_bytes(file.read_bytes().replace(b'"objects": ', b'"objects": 1'))


@pytest.mark.parametrize("spoil", [_damage_object, _lose_key, _change_list, _change_statement])
async def test_nothing_is_erased_here_unless_all_of_it_opens_there(
    tmp_path: Path, evidence: EvidenceKey, spoil: Callable[[Path], None]
) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        await shop.record_all(units(250))
        await departure(shop, tmp_path, here, evidence).hand_over(COMMUNE)
        spoil(tmp_path / "leaving")
        with pytest.raises((Conflict, OSError)):
            await departure(shop, tmp_path, here, evidence).erase(COMMUNE)
        rows = await shop.rows.everything()
        assert len(here.store.keys()) == len(rows) > 0
        assert [len(here.store.read(row.key, 0, row.size)) for row in rows] == [row.size for row in rows]


async def test_what_was_recorded_since_is_not_erased(tmp_path: Path, evidence: EvidenceKey) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        leaving = departure(shop, tmp_path, here, evidence)
        with pytest.raises(BadInput, match="no departure"):
            await leaving.erase(COMMUNE)
        await leaving.hand_over(COMMUNE)
        await shop.record_all(units(100))
        with pytest.raises(Conflict, match="recorded since"):
            await leaving.erase(COMMUNE)
        assert here.store.keys()


async def test_what_is_due_is_not_handed_over(tmp_path: Path, evidence: EvidenceKey) -> None:
    here = home(_made(tmp_path))
    async with workshop(tmp_path, objects=here.store) as shop:
        await shop.record_all(units(100))
        shop.clock.step_utc(40 * 24 * 3600 * 10**9)
        with pytest.raises(Conflict, match="is due"):
            await departure(shop, tmp_path, here, evidence).hand_over(COMMUNE)
