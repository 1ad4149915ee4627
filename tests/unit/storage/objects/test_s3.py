"""What an object store in a bucket does beside what every store does."""

import errno
import io
import random
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import Unavailable
from storage.objects.s3 import BLOCK_BYTES
from storage.objects.s3_wire import S3Place, S3Wire
from storage.objects.store import ObjectStore, StoreAway
from tests.support.s3_server import LOCKED, PART_BYTES, S3Server, s3_store

KEY = "59350/place/main/20260701/20260701T120000.000Z-r1-aaaa.mp4"
BIG = bytes(range(256)) * (((2 * PART_BYTES) + 4096) // 256)


def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that every wire calls from here on."""
    calls: list[str] = []
    call = S3Wire.call

    def noted(self: S3Wire, operation: str, key: str = "", /, **arguments: object) -> Any:
        calls.append(operation)
        return call(self, operation, key, **arguments)

    monkeypatch.setattr(S3Wire, "call", noted)
    return calls


def kept_of(s3: S3Server, place: S3Place, key: str) -> tuple[int, int]:
    """How many versions and marks of a key the bucket has."""
    found = s3.client().list_object_versions(Bucket=place.bucket, Prefix=place.name(key))
    return len(found.get("Versions", [])), len(found.get("DeleteMarkers", []))


@pytest.mark.slow
def test_an_upload_that_broke_goes_on_from_what_the_service_has(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = s3.place()
    store, calls = s3_store(place), sent(monkeypatch)
    noted, parts = S3Wire.call, 0

    def cut(self: S3Wire, operation: str, key: str = "", /, **arguments: object) -> Any:
        nonlocal parts
        if operation == "upload_part":
            parts += 1
            if parts == 2:
                raise StoreAway(errno.ECONNREFUSED, "the line is cut")
        return noted(self, operation, key, **arguments)

    with monkeypatch.context() as during:
        during.setattr(S3Wire, "call", cut)
        with pytest.raises(StoreAway):
            store.put(KEY, io.BytesIO(BIG))
    assert store.find(KEY) is None

    calls.clear()
    again = s3_store(place, name=None)
    again.put(KEY, io.BytesIO(BIG))
    assert calls.count("upload_part") == 2  # of three: the first was there
    assert again.read(KEY, PART_BYTES - 5, 10) == BIG[PART_BYTES - 5 : PART_BYTES + 5]
    found = again.find(KEY)
    assert found is not None
    assert found.size == len(BIG)
    assert again.uploads.unfinished() == []


@pytest.mark.slow
def test_an_upload_goes_on_with_none_of_the_bytes_that_have_changed(s3: S3Server) -> None:
    store = s3_store(s3.place())
    upload = str(store.uploads._wire.call("create_multipart_upload", KEY)["UploadId"])
    for number in (1, 2, 7):
        other = b"\x01" * (5 << 20)
        store.uploads._wire.call("upload_part", KEY, UploadId=upload, PartNumber=number, Body=other)
    store.put(KEY, io.BytesIO(BIG))
    assert store.read(KEY, 0, len(BIG), once=True) == BIG


@pytest.mark.slow
def test_of_two_long_uploads_of_one_key_the_first_is_kept(s3: S3Server) -> None:
    store = s3_store(s3.place())
    store.put(KEY, io.BytesIO(BIG))
    with pytest.raises(FileExistsError):
        store.put(KEY, io.BytesIO(b"\x02" * len(BIG)))
    assert store.read(KEY, 0, 5) == BIG[:5]
    assert store.uploads.unfinished() == []


@pytest.mark.slow
def test_an_upload_whose_source_breaks_leaves_nothing(s3: S3Server) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= PART_BYTES:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(size)

    store = s3_store(s3.place())
    with pytest.raises(OSError, match="Input/output error"):
        store.put(KEY, Breaking(BIG))
    assert (store.find(KEY), store.uploads.unfinished()) == (None, [])


def test_parts_that_nobody_goes_on_with_go_at_the_start_and_with_their_segment(s3: S3Server) -> None:
    store = s3_store(s3.place())
    keys = ["a/1.mp4", "a/2.mp4", "a/3.mp4"]
    for key in keys:
        store.uploads._wire.call("create_multipart_upload", key)
    assert store.clear_incoming(lambda key: key != "a/1.mp4") == 1
    assert [key for key, _ in store.uploads.unfinished()] == keys[1:]
    assert store.remove("a/2.mp4") is False
    assert [key for key, _ in store.uploads.unfinished()] == keys[2:]


def test_every_version_and_every_mark_of_an_object_die_with_it(s3: S3Server) -> None:
    place = s3.place(LOCKED)
    store, client = s3_store(place), s3.client()
    store.put(KEY, io.BytesIO(b"first"))
    client.put_object(Bucket=LOCKED, Key=place.name(KEY), Body=b"overwritten by another program")
    client.delete_object(Bucket=LOCKED, Key=place.name(KEY))
    assert kept_of(s3, place, KEY) == (2, 1)
    assert store.find(KEY) is None
    assert store.remove(KEY) is True
    assert kept_of(s3, place, KEY) == (0, 0)
    assert store.remove(KEY) is False


def test_a_note_leaves_no_version_behind_however_often_it_is_written(s3: S3Server) -> None:
    place = s3.place(LOCKED)
    for _start in range(2):
        store = s3_store(place)
        for number in range(4):
            store.notes.write(".beffroi-generation", f"{number}".encode())
        assert kept_of(s3, place, ".beffroi-generation") == (1, 0)
    store.notes.remove(".beffroi-generation")
    assert kept_of(s3, place, ".beffroi-generation") == (0, 0)


def test_what_was_destroyed_is_not_read_from_memory(s3: S3Server) -> None:
    store = s3_store(s3.place())
    store.put(KEY, io.BytesIO(b"pictures"))
    assert store.read(KEY, 0, 8) == b"pictures"
    store.remove(KEY)
    with pytest.raises(FileNotFoundError):
        store.read(KEY, 0, 8)


def fetches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of which every wire reads something from here on."""
    fetched: list[str] = []
    fetch = S3Wire.fetch

    def noted(self: S3Wire, key: str, /, **arguments: object) -> bytes:
        fetched.append(key)
        return fetch(self, key, **arguments)

    monkeypatch.setattr(S3Wire, "fetch", noted)
    return fetched


def test_a_file_read_from_end_to_end_costs_a_handful_of_questions(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a film's fragments are looked up, and then played: a head of each, then all of each."""
    store, data = s3_store(s3.place()), random.Random(5).randbytes(15 * BLOCK_BYTES + 12_345)
    store.put(KEY, io.BytesIO(data))
    fetched = fetches(monkeypatch)
    starts = range(0, len(data), 120_000)
    assert all(store.read(KEY, start, 4096) == data[start : start + 4096] for start in starts)
    assert b"".join(store.read(KEY, start, 120_000) for start in starts) == data
    assert store.read(KEY, len(data), 8) == b""
    assert len(fetched) <= 6


def test_what_is_read_here_and_there_is_not_read_ahead(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    store, data = s3_store(s3.place()), random.Random(5).randbytes(6 * BLOCK_BYTES)
    store.put(KEY, io.BytesIO(data))
    sizes: list[int] = []
    fetch = S3Wire.fetch

    def noted(self: S3Wire, key: str, /, **arguments: object) -> bytes:
        found = fetch(self, key, **arguments)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(S3Wire, "fetch", noted)
    for number in (4, 1, 3, 0):
        assert store.read(KEY, number * BLOCK_BYTES, 8) == data[number * BLOCK_BYTES :][:8]
    assert sizes == [BLOCK_BYTES] * 4


def test_boxes_read_one_by_one_cost_one_question(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    store = s3_store(s3.place())
    store.put(KEY, io.BytesIO(BIG[:100_000]))
    fetched = fetches(monkeypatch)
    assert [store.read(KEY, offset, 8) for offset in range(0, 8000, 100)] == [
        BIG[offset : offset + 8] for offset in range(0, 8000, 100)
    ]
    assert fetched == [KEY]


def test_a_bucket_that_is_gone_is_no_empty_store(s3: S3Server) -> None:
    asks: list[Callable[[ObjectStore], object]] = [
        lambda store: store.find(KEY),
        lambda store: store.keys(),
        lambda store: store.remove(KEY),
    ]
    for ask in asks:
        with pytest.raises(StoreAway, match="no such bucket"):
            ask(s3_store(s3.place("no-such-bucket"), name=None))
    with pytest.raises(Unavailable):
        s3_store(s3.place("no-such-bucket"))
