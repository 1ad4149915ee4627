"""The sealing store: whose keys, when they are made, what is said without them, when they are destroyed."""

import errno
import io
import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.notes import FolderNotes
from storage.objects.sealing.commune_keys import CommuneKeys
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.faults import KeyAway, SealBroken
from storage.objects.sealing.scope import UNDATED, Scope, scope_of, scope_of_note
from storage.objects.sealing.store import SealingStore
from storage.objects.store import StoreAway
from tests.support.memory_store import MemoryStore
from tests.support.sealed_store import data_keys, sealed_store

DAY = "59350/place/main/20260701"
KEY, LATER = f"{DAY}/20260701T120000.000Z-r1-a.mp4", f"{DAY}/20260701T130000.000Z-r1-a.mp4"
SMALL = "59350/place/sub/20260701/20260701T120000.000Z-r1-b.mp4"
NEXT_DAY = "59350/place/main/20260702/20260702T000000.000Z-r1-a.mp4"
ELSEWHERE = "62041/place/main/20260701/20260701T120000.000Z-r1-a.mp4"
SCOPE = Scope("59350", "place", "20260701")
DATA = b"\0\0\0\x1cftyp" + bytes(range(256)) * 1000


def put(store: SealingStore, *keys: str, data: bytes = DATA) -> None:
    for key in keys:
        store.put(key, io.BytesIO(data))


def notes(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "objects" / ".keys").glob("*"))


def test_a_camera_and_a_day_have_one_data_key_whatever_the_stream(tmp_path: Path) -> None:
    put(sealed_store(tmp_path), KEY, LATER, SMALL, NEXT_DAY, ELSEWHERE)
    assert notes(tmp_path) == ["59350~place~20260701", "59350~place~20260702", "62041~place~20260701"]


def test_a_commune_s_key_is_made_at_its_first_recording_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    put(sealed_store(tmp_path), KEY, ELSEWHERE)
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["59350.jwks", "62041.jwks"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_another_process_reads_what_was_sealed_and_the_disk_shows_nothing_of_it(tmp_path: Path) -> None:
    put(sealed_store(tmp_path), KEY)
    again = sealed_store(tmp_path)
    found = again.find(KEY)
    assert found is not None
    assert (found.size, again.read(KEY, 0, len(DATA) + 1)) == (len(DATA), DATA)
    assert b"ftyp" not in (tmp_path / "objects" / KEY).read_bytes()


def test_what_was_stored_in_the_clear_is_read_as_it_is_beside_what_is_sealed(tmp_path: Path) -> None:
    store = sealed_store(tmp_path)
    FolderStore(tmp_path / "objects", RealDisk()).put(KEY, io.BytesIO(DATA))
    put(store, LATER)
    for key in (KEY, LATER):
        found = store.find(key)
        assert found is not None
        assert (found.size, store.read(key, 4, 4), store.read(key, 0, 10**6)) == (len(DATA), b"ftyp", DATA)


def without_folder(folder: Path) -> SealingStore:
    return SealingStore(FolderStore(folder / "objects", RealDisk()), None)


def without_file(folder: Path) -> SealingStore:
    (folder / "keys" / "59350.jwks").unlink()
    return sealed_store(folder)


def with_another_s(folder: Path) -> SealingStore:
    keys = folder / "keys"
    (keys / "59350.jwks").write_bytes((keys / "62041.jwks").read_bytes())
    return sealed_store(folder)


def with_rubbish(folder: Path) -> SealingStore:
    (folder / "keys" / "59350.jwks").write_text("{}")
    return sealed_store(folder)


@pytest.mark.parametrize("lose", [without_folder, without_file, with_another_s, with_rubbish])
def test_without_the_key_of_a_commune_nothing_is_said_of_its_objects(
    tmp_path: Path, lose: Callable[[Path], SealingStore]
) -> None:
    put(sealed_store(tmp_path), KEY, ELSEWHERE)
    store = lose(tmp_path)
    with pytest.raises(StoreAway) as told:
        store.read(KEY, 0, 10)
    assert told.value.errno == errno.ENOKEY
    assert "59350" in str(told.value.strerror)
    assert store.find(KEY) is not None
    assert store.keys() == [KEY, ELSEWHERE]


@pytest.mark.parametrize("lose", [without_file, with_another_s, with_rubbish])
def test_a_key_that_is_lost_is_not_replaced_by_recording_on(
    tmp_path: Path, lose: Callable[[Path], SealingStore]
) -> None:
    put(sealed_store(tmp_path), KEY, ELSEWHERE)
    kept = (tmp_path / "keys" / "59350.jwks").read_bytes()
    store = lose(tmp_path)
    for key in (LATER, NEXT_DAY):
        with pytest.raises(KeyAway):
            put(store, key)
    assert store.keys("59350/") == [KEY]
    # Brought back, it opens all and recording goes on, in the same process.
    (tmp_path / "keys" / "59350.jwks").write_bytes(kept)
    again = sealed_store(tmp_path) if lose is with_another_s else store
    put(again, LATER, NEXT_DAY)
    assert [again.read(key, 0, 8) for key in (KEY, LATER, NEXT_DAY)] == [DATA[:8]] * 3


def test_a_damaged_or_lost_data_key_names_the_camera_and_the_day(tmp_path: Path) -> None:
    store = sealed_store(tmp_path)
    put(store, KEY)
    note = tmp_path / "objects" / SCOPE.note
    for damage in (b"rubbish", note.read_bytes()[:-3] + b"AAA", None):
        if damage is None:
            note.unlink()
        else:
            note.write_bytes(damage)
        with pytest.raises(SealBroken, match="camera 59350/place of 2026-07-01") as told:
            sealed_store(tmp_path).read(KEY, 0, 10)
        assert not isinstance(told.value, StoreAway)
    assert "destroyed" not in str(told.value)


def test_a_damaged_data_key_is_not_written_over(tmp_path: Path) -> None:
    put(sealed_store(tmp_path), KEY)
    (tmp_path / "objects" / SCOPE.note).write_bytes(b"rubbish")
    with pytest.raises(SealBroken):
        put(sealed_store(tmp_path), LATER)
    assert (tmp_path / "objects" / SCOPE.note).read_bytes() == b"rubbish"


def test_changed_bytes_are_told_as_such(tmp_path: Path) -> None:
    put(sealed_store(tmp_path), KEY)
    path = tmp_path / "objects" / KEY
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    store = sealed_store(tmp_path)
    assert store.read(KEY, 0, 8) == DATA[:8]
    with pytest.raises(SealBroken, match="its bytes have changed"):
        store.read(KEY, 0, len(DATA))
    path.write_bytes(path.read_bytes()[:70])
    cut = sealed_store(tmp_path)
    assert cut.find(KEY) is not None
    with pytest.raises(SealBroken, match="cut"):
        cut.read(KEY, 0, 1)


def test_the_last_object_of_a_camera_and_day_takes_its_data_key_with_it(tmp_path: Path) -> None:
    store = sealed_store(tmp_path)
    put(store, KEY, LATER, SMALL, NEXT_DAY)
    kept = {key: (tmp_path / "objects" / key).read_bytes() for key in (KEY,)}
    for key in (KEY, LATER):
        assert store.remove(key)
        assert len(notes(tmp_path)) == 2
    assert store.remove(SMALL)
    assert notes(tmp_path) == ["59350~place~20260702"]
    # A copy of the object that was kept elsewhere opens nothing any more.
    (tmp_path / "objects" / KEY).write_bytes(kept[KEY])
    with pytest.raises(SealBroken, match="its data key is gone"):
        store.read(KEY, 0, 10)
    assert store.read(NEXT_DAY, 0, 8) == DATA[:8]


def test_a_data_key_that_a_crash_left_behind_goes_when_the_removal_is_repeated(tmp_path: Path) -> None:
    put(sealed_store(tmp_path), KEY)
    FolderStore(tmp_path / "objects", RealDisk()).remove(KEY)
    assert len(notes(tmp_path)) == 1
    assert sealed_store(tmp_path).remove(KEY) is False
    assert notes(tmp_path) == []


def test_a_day_that_is_recorded_again_has_another_data_key(tmp_path: Path) -> None:
    store = sealed_store(tmp_path)
    put(store, KEY)
    copy = (tmp_path / "objects" / KEY).read_bytes()
    store.remove(KEY)
    put(store, LATER)
    (tmp_path / "objects" / KEY).write_bytes(copy)
    with pytest.raises(SealBroken, match="another data key"):
        store.read(KEY, 0, 10)
    assert store.read(LATER, 0, 8) == DATA[:8]


def test_a_data_key_is_not_destroyed_while_something_is_put_under_it(tmp_path: Path) -> None:
    store = sealed_store(tmp_path)
    put(store, KEY)

    class Removing(io.BytesIO):
        """The day's only object goes while the next one is being read."""

        def read(self, size: int | None = -1, /) -> bytes:
            store.remove(KEY)
            return super().read(size)

    store.put(LATER, Removing(DATA))
    assert sealed_store(tmp_path).read(LATER, 0, len(DATA)) == DATA

    class Failing(Removing):
        def read(self, size: int | None = -1, /) -> bytes:
            store.remove(LATER)
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        store.put(KEY, Failing(DATA))
    assert (store.keys(), notes(tmp_path)) == ([], [])


def test_a_rotation_gives_new_envelopes_and_leaves_all_readable(tmp_path: Path) -> None:
    store = sealed_store(tmp_path)
    put(store, KEY, NEXT_DAY, ELSEWHERE)
    before = (tmp_path / "keys" / "59350.jwks").read_bytes()
    keys = data_keys(tmp_path, store)
    assert keys.rewrap("59350") == 2
    assert [sealed_store(tmp_path).read(key, 0, 8) for key in (KEY, NEXT_DAY, ELSEWHERE)] == [DATA[:8]] * 3
    put(sealed_store(tmp_path), LATER)
    (tmp_path / "keys" / "59350.jwks").write_bytes(before)
    with pytest.raises(KeyAway):
        sealed_store(tmp_path).read(KEY, 0, 8)


@pytest.mark.parametrize("crash_at", range(8))
def test_a_rotation_cut_off_anywhere_leaves_all_readable_and_is_gone_on_with(
    tmp_path: Path, crash_at: int
) -> None:
    put(sealed_store(tmp_path), KEY, NEXT_DAY)

    class Crashing(RealDisk):
        replaced = 0

        def replace(self, source: Path, target: Path) -> None:
            if self.replaced == crash_at:
                raise OSError(errno.EIO, "the power went")
            self.replaced += 1
            super().replace(source, target)

    disk = Crashing()
    store = FolderStore(tmp_path / "objects", disk)
    keys = data_keys(tmp_path, store)
    keys.communes._disk = disk
    with suppress(OSError):
        keys.rewrap("59350")
    again = sealed_store(tmp_path)
    assert [again.read(key, 0, 8) for key in (KEY, NEXT_DAY)] == [DATA[:8]] * 2
    put(again, LATER)
    data_keys(tmp_path, again).rewrap("59350")
    assert len(json.loads((tmp_path / "keys" / "59350.jwks").read_text())["keys"]) == 1
    assert [sealed_store(tmp_path).read(key, 0, 8) for key in (KEY, LATER, NEXT_DAY)] == [DATA[:8]] * 3


def test_scopes_are_found_by_keys_and_by_notes() -> None:
    assert scope_of(KEY) == scope_of(SMALL) == SCOPE
    assert scope_of_note(SCOPE.note) == SCOPE
    assert scope_of_note(UNDATED.note) == UNDATED
    for other in (
        "a.mp4",
        "59350/place/20260701/a.mp4",
        f"{DAY}/more/a.mp4",
        "59350/place/other/20260701/a.mp4",
    ):
        assert scope_of(other) == UNDATED
    for other in (".keys/a", ".keys/59350~place~2026", ".holds/59350~place~20260701", ".keys/1~2~3"):
        assert scope_of_note(other) is None


def test_a_store_in_memory_is_sealed_too(tmp_path: Path) -> None:
    inner = MemoryStore()
    store = sealed_store(tmp_path, inner)
    put(store, KEY)
    assert store.read(KEY, 0, 8) == DATA[:8]
    assert inner.read(KEY, 0, 16) == b"beffroi-sealed-1"


def shared_store(folder: Path, name: str = "a") -> SealingStore:
    """That of one of several processes."""
    inner = FolderStore(folder / "objects", RealDisk(), name)
    return SealingStore(inner, data_keys(folder, inner), shared=True)


def test_processes_that_store_the_first_of_a_day_at_once_make_one_key(tmp_path: Path) -> None:
    sealed_store(tmp_path)
    stores = [shared_store(tmp_path, str(number)) for number in range(8)]
    keys = [f"{DAY}/20260701T12000{number}.000Z-r1-a.mp4" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: put(one[0], one[1]), zip(stores, keys, strict=True)))
    again = sealed_store(tmp_path)
    assert [again.read(key, 0, len(DATA) + 1) for key in keys] == [DATA] * 8


def test_what_is_put_while_another_process_destroys_the_day_s_key_is_put_again_or_kept(
    tmp_path: Path,
) -> None:
    sealed_store(tmp_path)
    putting, leading = shared_store(tmp_path, "a"), shared_store(tmp_path, "b")
    put(putting, KEY)
    leading.remove(KEY)
    # It knows the key that is gone.
    with pytest.raises(OSError, match="destroyed meanwhile"):
        put(putting, LATER)
    assert putting.find(LATER) is None
    put(putting, LATER)
    assert sealed_store(tmp_path).read(LATER, 0, 9) == DATA[:9]
    assert leading.read(LATER, 0, 9) == DATA[:9]


def test_a_key_under_which_something_came_while_it_was_destroyed_is_brought_back(tmp_path: Path) -> None:
    sealed_store(tmp_path)
    putting = shared_store(tmp_path)
    put(putting, KEY)

    class Late(DataKeys):
        """What another process puts becomes visible right before the key goes, behind the look for it."""

        def destroy(self, scope: Scope) -> bytes | None:
            put(putting, LATER)
            return super().destroy(scope)

    inner = FolderStore(tmp_path / "objects", RealDisk())
    keys = Late(inner.notes, CommuneKeys(tmp_path / "keys", RealDisk()))
    SealingStore(inner, keys, shared=True).remove(KEY)
    assert sealed_store(tmp_path).read(LATER, 0, 9) == DATA[:9]
    putting.remove(LATER)
    assert notes(tmp_path) == []


class Interrupted(FolderNotes):
    """Notes between whose look and write another process does its work."""

    def __init__(self, root: Path, name: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(root, RealDisk())
        self._name = name
        self._meanwhile: Callable[[], object] | None = meanwhile

    def read(self, name: str) -> bytes | None:
        found, meanwhile = super().read(name), self._meanwhile
        if name == self._name and meanwhile is not None:
            self._meanwhile = None
            meanwhile()
        return found


@pytest.mark.parametrize("name", [SCOPE.note, ".footage-keys/59350"])
def test_two_processes_that_begin_a_camera_s_day_together_have_one_data_key(
    tmp_path: Path, name: str
) -> None:
    objects = tmp_path / "objects"
    sealed_store(tmp_path)
    other = data_keys(tmp_path, FolderStore(objects, RealDisk()))
    mine = DataKeys(
        Interrupted(objects, name, lambda: other.for_writing(SCOPE)),
        CommuneKeys(tmp_path / "keys", RealDisk()),
    )
    assert mine.for_writing(SCOPE) == other.for_writing(SCOPE)
    assert sealed_store(tmp_path).notes.names(".keys") == [SCOPE.note]


def test_two_machines_with_keys_of_their_own_do_not_both_become_a_commune_s(tmp_path: Path) -> None:
    sealed_store(tmp_path)
    objects = tmp_path / "objects"
    other = DataKeys(FolderNotes(objects, RealDisk()), CommuneKeys(tmp_path / "other", RealDisk()))
    mine = DataKeys(
        Interrupted(objects, ".footage-keys/59350", lambda: other.current("59350")),
        CommuneKeys(tmp_path / "keys", RealDisk()),
    )
    with pytest.raises(KeyAway, match="another's"):
        mine.current("59350")
    assert other.current("59350").id == other.ids("59350")[0]


def test_what_is_put_while_the_day_s_key_gives_way_to_another_is_put_again(tmp_path: Path) -> None:
    sealed_store(tmp_path)
    putting, leading = shared_store(tmp_path, "a"), shared_store(tmp_path, "b")
    third = shared_store(tmp_path, "c")
    put(putting, KEY)
    leading.remove(KEY)
    put(third, SMALL)
    with pytest.raises(OSError, match="destroyed meanwhile"):
        put(putting, LATER)
    put(putting, LATER)
    again = sealed_store(tmp_path)
    assert (again.read(LATER, 0, 9), again.read(SMALL, 0, 9)) == (DATA[:9], DATA[:9])
