"""What storage may rest on when it keeps segments, held by each implementation of the object store."""

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unavailable
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.locks import LockKind
from storage.objects.marker import found_store, store_name
from storage.objects.sealing.store import SealingStore
from storage.objects.store import ObjectStore, is_key, newest_keys
from tests.support.memory_store import MemoryStore
from tests.support.s3_server import LOCKED, PLAIN, S3Server, s3_store
from tests.support.sealed_store import data_keys, sealed_store

KEY = "59350/place/main/20260701/20260701T120000.000Z-r1-aaaa.mp4"
DATA = bytes(range(256)) * 5000
Make = Callable[[Path, pytest.FixtureRequest], ObjectStore]


def folder_store(folder: Path, _request: pytest.FixtureRequest) -> ObjectStore:
    store = FolderStore(folder, RealDisk())
    found_store(store.notes, "a-store")
    return store


def memory_store(_folder: Path, _request: pytest.FixtureRequest) -> ObjectStore:
    return MemoryStore("a-store")


def versioned_store(_folder: Path, request: pytest.FixtureRequest) -> ObjectStore:
    server: S3Server = request.getfixturevalue("s3")
    return s3_store(server.place(LOCKED))


def unversioned_store(_folder: Path, request: pytest.FixtureRequest) -> ObjectStore:
    server: S3Server = request.getfixturevalue("s3")
    return s3_store(server.place(PLAIN))


def sealing_folder(folder: Path, _request: pytest.FixtureRequest) -> ObjectStore:
    return sealed_store(folder)


def sealing_bucket(folder: Path, request: pytest.FixtureRequest) -> ObjectStore:
    server: S3Server = request.getfixturevalue("s3")
    return sealed_store(folder, s3_store(server.place(LOCKED)))


MAKERS = [
    pytest.param(folder_store, id="folder"),
    pytest.param(memory_store, id="memory"),
    pytest.param(sealing_folder, id="sealed-folder"),
    pytest.param(sealing_bucket, id="sealed-s3"),
    pytest.param(versioned_store, id="s3"),
    pytest.param(unversioned_store, id="s3-without-versions"),
]


@pytest.fixture(params=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    made: ObjectStore = request.param(tmp_path, request)
    return made


def put(store: ObjectStore, key: str, data: bytes = DATA) -> None:
    store.put(key, io.BytesIO(data))


class Breaking(io.BytesIO):
    """A stream that gives some bytes, and then fails."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(1000)


def test_what_was_put_is_read_whole_and_in_parts(store: ObjectStore) -> None:
    put(store, KEY)
    found = store.find(KEY)
    assert found is not None
    assert found.size == len(DATA)
    assert store.read(KEY, 0, len(DATA)) == DATA
    assert store.read(KEY, 300, 70) == DATA[300:370]
    assert store.read(KEY, 300, 70, once=True) == DATA[300:370]


def test_a_read_is_short_at_the_end_only(store: ObjectStore) -> None:
    put(store, KEY, b"0123456789")
    assert store.read(KEY, 8, 100) == b"89"
    assert store.read(KEY, 10, 1) == b""
    assert store.read(KEY, 1000, 5) == b""
    assert store.read(KEY, 3, 0) == b""


@pytest.mark.parametrize(("offset", "size"), [(-1, 4), (0, -1)])
def test_a_range_that_is_none_is_refused(store: ObjectStore, offset: int, size: int) -> None:
    put(store, KEY)
    with pytest.raises(ValueError, match="no range"):
        store.read(KEY, offset, size)


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    put(store, KEY, b"")
    found = store.find(KEY)
    assert found is not None
    assert (found.size, store.read(KEY, 0, 10), store.keys()) == (0, b"", [KEY])


def test_what_is_not_there_is_said_so(store: ObjectStore) -> None:
    assert store.find(KEY) is None
    assert store.remove(KEY) is False
    with pytest.raises(FileNotFoundError):
        store.read(KEY, 0, 1)


def test_the_first_of_two_puts_of_one_key_is_kept(store: ObjectStore) -> None:
    put(store, KEY, b"first")
    with pytest.raises(FileExistsError):
        put(store, KEY, b"second and longer")
    assert store.read(KEY, 0, 100) == b"first"


def test_of_puts_of_one_key_at_once_one_is_taken_whole(store: ObjectStore) -> None:
    taken: list[int] = []
    start = threading.Barrier(4)

    def race(number: int) -> None:
        start.wait(10)
        try:
            put(store, KEY, bytes([number]) * 100_000)
        except FileExistsError:
            return
        taken.append(number)

    racers = [threading.Thread(target=race, args=(number,)) for number in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(10)
    assert len(taken) == 1
    assert store.read(KEY, 0, 1_000_000) == bytes(taken) * 100_000


def test_a_put_that_fails_midway_leaves_nothing(store: ObjectStore) -> None:
    with pytest.raises(OSError, match="Input/output error"):
        store.put(KEY, Breaking(DATA))
    assert (store.find(KEY), store.keys()) == (None, [])
    put(store, KEY)
    assert store.read(KEY, 0, len(DATA)) == DATA


def test_a_file_is_stored_from_where_it_stands(store: ObjectStore, tmp_path: Path) -> None:
    path = tmp_path / "spooled"
    path.write_bytes(b"headbody")
    with path.open("rb") as file:
        store.put("a/whole.mp4", file)
    with path.open("rb") as file:
        file.seek(4)
        store.put("a/rest.mp4", file)
    path.unlink()
    assert store.read("a/whole.mp4", 0, 100) == b"headbody"
    assert store.read("a/rest.mp4", 0, 100) == b"body"


def test_a_removed_object_is_gone_and_may_be_removed_again(store: ObjectStore) -> None:
    put(store, KEY)
    assert [store.remove(KEY), store.remove(KEY)] == [True, False]
    assert (store.find(KEY), store.keys()) == (None, [])
    put(store, KEY, b"anew")
    assert store.read(KEY, 0, 10) == b"anew"


@pytest.mark.parametrize(
    "key",
    [
        "",
        ".mp4",
        "/etc/a.mp4",
        "../a.mp4",
        "a/../../b.mp4",
        "a/./b.mp4",
        "a//b.mp4",
        "a/b.mp4/",
        "a/b.mp4/c.mp4",
        ".holds/a.mp4",
        "a/.hidden.mp4",
        "a\0b.mp4",
        "a/b.txt",
        "\ud800.mp4",
        "a" * 300 + ".mp4",
        "a/" * 600 + "b.mp4",
    ],
)
def test_a_hostile_key_reaches_nothing(store: ObjectStore, key: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: put(store, key),
        lambda: store.find(key),
        lambda: store.read(key, 0, 1),
        lambda: store.remove(key),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="not an object key"):
            call()
    assert store.keys() == []


@pytest.mark.parametrize("prefix", ["../", "/", "a", "a//", ".holds/"])
def test_what_no_key_begins_with_has_no_groups(store: ObjectStore, prefix: str) -> None:
    with pytest.raises(ValueError, match="beginning"):
        store.groups(prefix)


def test_keys_come_in_order_and_so_many_at_a_time(store: ObjectStore) -> None:
    # "-" comes before "/" and "." too: folders and files must not be sorted by their bare names.
    keys = sorted(["b.mp4", "a/1.mp4", "a-b/1.mp4", "a/2.mp4", "a.mp4", "a0.mp4", "a/c/3.mp4", "aé/4.mp4"])
    for key in reversed(keys):
        put(store, key, b"x")
    assert store.keys() == keys
    found: list[str] = []
    while batch := store.keys(after=found[-1] if found else "", most=3):
        assert len(batch) <= 3
        found += batch
    assert found == keys
    assert store.keys("a/") == ["a/1.mp4", "a/2.mp4", "a/c/3.mp4"]
    assert store.keys("a/", after="a/1.mp4", most=1) == ["a/2.mp4"]
    assert store.keys("nobody/") == []


@pytest.mark.parametrize("make", MAKERS)
@given(
    names=st.lists(
        st.lists(st.text("ab-./0é", min_size=1, max_size=4), min_size=1, max_size=3), min_size=1, max_size=8
    ),
    most=st.integers(1, 4),
    prefix=st.text("ab-/", max_size=3),
)
def test_any_keys_are_given_once_each_and_in_order(
    make: Make,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    names: list[list[str]],
    most: int,
    prefix: str,
) -> None:
    store = make(tmp_path_factory.mktemp("store"), request)
    keys = {key for key in ("/".join(parts) + ".mp4" for parts in names) if is_key(key)}
    for key in keys:
        put(store, key, b"x")
    found: list[str] = []
    while batch := store.keys(prefix, after=found[-1] if found else "", most=most):
        found += batch
    assert found == sorted(key for key in keys if key.startswith(prefix))


def test_groups_are_what_keys_go_on_with(store: ObjectStore) -> None:
    for key in ("1/a/x.mp4", "1/b/x.mp4", "1/top.mp4", "2/a/x.mp4", "root.mp4"):
        put(store, key, b"x")
    assert store.groups() == ["1/", "2/"]
    assert store.groups("1/") == ["1/a/", "1/b/"]
    assert store.groups("3/") == []


def test_the_newest_object_of_each_stream_is_found(store: ObjectStore) -> None:
    for key in ("1/a/main/20260701/1.mp4", "1/a/main/20260702/1.mp4", "1/a/main/20260702/2.mp4"):
        put(store, key, b"x")
    put(store, "1/b/main/20260630/9.mp4", b"x")
    put(store, "else/b/main/20260630/9.mp4", b"x")
    assert newest_keys(store) == ["1/a/main/20260702/2.mp4", "1/b/main/20260630/9.mp4"]


def test_notes_are_no_objects(store: ObjectStore) -> None:
    store.notes.write(".holds/h-1.json", b"{}")
    assert (store.keys(), store.groups(), store_name(store.notes)) == ([], [], "a-store")


def test_nothing_is_stored_where_there_is_no_store(tmp_path: Path, s3: S3Server) -> None:
    unnamed: list[ObjectStore] = [
        FolderStore(tmp_path, RealDisk()),
        MemoryStore(None),
        s3_store(s3.place(), name=None),
    ]
    unnamed.append(SealingStore(unnamed[1], data_keys(tmp_path, unnamed[1])))
    for store in unnamed:
        with pytest.raises(Unavailable):
            put(store, KEY)
        assert store.keys() == []


def test_a_note_says_what_was_written_last_until_it_is_removed(store: ObjectStore) -> None:
    notes = store.notes
    assert notes.read(".a") is None
    notes.write(".a", b"first, and longer")
    notes.write(".a", b"\xff second")
    assert notes.read(".a") == b"\xff second"
    notes.remove(".a")
    notes.remove(".a")
    assert notes.read(".a") is None


def test_a_note_that_is_made_twice_says_what_the_first_one_said(store: ObjectStore) -> None:
    notes = store.notes
    assert [notes.make(".keys/a", data) for data in (b"first", b"second")] == [b"first", b"first"]
    assert (notes.read(".keys/a"), notes.names(".keys")) == (b"first", [".keys/a"])


def test_notes_of_a_folder_are_named_in_order(store: ObjectStore) -> None:
    assert store.notes.names(".holds") == []
    for name in (".holds/b.json", ".holds/a.json", ".other/c.json", ".a"):
        store.notes.write(name, b"{}")
    assert store.notes.names(".holds") == [".holds/a.json", ".holds/b.json"]


@pytest.mark.parametrize(
    "name", ["", "a", "a.mp4", "../a", ".a/../../b", ".a/b/c", "/a", ".a\0", ".", "..", ".a/", ".a.tmp"]
)
def test_a_hostile_note_reaches_nothing(store: ObjectStore, name: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.notes.write(name, b""),
        lambda: store.notes.read(name),
        lambda: store.notes.remove(name),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="not the name of a note"):
            call()


def test_a_folder_shares_the_bytes_of_a_file_instead_of_copying_them(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "objects").mkdir()
    store, spooled = folder_store(tmp_path / "objects", request), tmp_path / "spooled"
    spooled.write_bytes(DATA)
    file: BinaryIO
    with spooled.open("rb") as file:
        store.put(KEY, file)
    assert spooled.stat().st_ino == (tmp_path / "objects" / KEY).stat().st_ino


def test_what_is_locked_is_not_removed_until_it_is_unlocked(store: ObjectStore) -> None:
    put(store, KEY)
    put(store, "b.mp4", b"free")
    if store.locks.kind() is LockKind.NONE:
        pytest.skip("this store has no locks")
    for _again in range(2):
        store.locks.lock(KEY)
    assert [store.locks.locked(KEY), store.locks.locked("b.mp4")] == [True, False]
    try:
        if store.locks.kind() is not LockKind.READ_ONLY:
            with pytest.raises(PermissionError):
                store.remove(KEY)
        assert store.read(KEY, 0, 10) == DATA[:10]
    finally:
        for _again in range(2):
            store.locks.unlock(KEY)
    assert store.locks.locked(KEY) is False
    assert store.remove(KEY) is True


def test_what_is_not_there_cannot_be_locked(store: ObjectStore) -> None:
    if store.locks.kind() is LockKind.NONE:
        pytest.skip("this store has no locks")
    for call in (store.locks.lock, store.locks.unlock, store.locks.locked):
        with pytest.raises(FileNotFoundError):
            call(KEY)
        with pytest.raises(ValueError, match="not an object key"):
            call("../a.mp4")
