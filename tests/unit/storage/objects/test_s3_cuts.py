"""The line is cut at each call that a step makes, before the service hears it or before its answer is heard:
the step made again does what it should, and leaves nothing else behind."""

import errno
import io
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from shared.errors import Unavailable
from storage.objects.s3 import S3Store
from storage.objects.s3_wire import S3Wire
from storage.objects.store import StoreAway
from tests.support.s3_server import PART_BYTES, S3Server, s3_store

pytestmark = pytest.mark.slow

LONG = b"\x07" * (PART_BYTES + 4096)
SHORT = b"\x07" * 4096


class Cutting:
    """Cuts the line at one call, and lets all others pass."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self._at: int | None = None
        self._heard = False
        guarded = S3Wire._guarded

        def cut(wire: S3Wire, operation: str, *rest: Any) -> Any:
            here, self.calls = self.calls == self._at, self.calls + 1
            if here and not self._heard:
                raise StoreAway(errno.ECONNRESET, "cut before it was heard")
            answer = guarded(wire, operation, *rest)
            if here:
                raise StoreAway(errno.ECONNRESET, "cut before its answer")
            return answer

        monkeypatch.setattr(S3Wire, "_guarded", cut)

    def count(self, step: Callable[[], object]) -> int:
        """How many calls a step makes."""
        self.calls, self._at = 0, None
        step()
        return self.calls

    def during(self, step: Callable[[], object], at: int, *, heard: bool) -> None:
        self.calls, self._at, self._heard = 0, at, heard
        with pytest.raises((StoreAway, Unavailable)):
            step()
        self._at = None


def kept(s3: S3Server, store: S3Store, key: str) -> list[bytes]:
    """What the bucket has of a key, marks of deletion included."""
    place, client = store._wire.place, s3.client()
    found = client.list_object_versions(Bucket=place.bucket, Prefix=place.name(key))
    marks = [b"deleted"] * len(found.get("DeleteMarkers", []))
    return marks + [
        client.get_object(Bucket=place.bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
        for one in found.get("Versions", [])
    ]


@pytest.mark.parametrize("data", [SHORT, LONG], ids=["at once", "in parts"])
def test_an_object_is_whole_and_once_there_wherever_putting_it_was_cut(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    store, cutting = s3_store(s3.place()), Cutting(monkeypatch)
    calls = cutting.count(lambda: store.put("a/whole.mp4", io.BytesIO(data)))
    for at, heard in product(range(calls), (False, True)):
        key = f"a/{at}-{heard}.mp4"
        cutting.during(lambda: store.put(key, io.BytesIO(data)), at, heard=heard)  # noqa: B023
        again = S3Store(store._wire, PART_BYTES)
        try:
            again.put(key, io.BytesIO(data))
        except FileExistsError:
            assert heard
        assert kept(s3, again, key) == [data], key
        assert again.uploads.unfinished() == []


def test_all_of_an_object_is_gone_wherever_removing_it_was_cut(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, cutting, client = s3_store(s3.place()), Cutting(monkeypatch), s3.client()

    def with_much(key: str) -> str:
        at = {"Bucket": store._wire.place.bucket, "Key": store._wire.place.name(key)}
        store.put(key, io.BytesIO(SHORT))
        client.put_object(**at, Body=b"by another program")
        client.delete_object(**at)
        client.create_multipart_upload(**at)
        return key

    calls = cutting.count(lambda: store.remove(with_much("a/whole.mp4"))) - 2
    assert calls >= 6
    for at, heard in product(range(calls), (False, True)):
        key = with_much(f"a/{at}-{heard}.mp4")
        cutting.during(lambda: store.remove(key), at, heard=heard)  # noqa: B023
        store.remove(key)
        assert (kept(s3, store, key), store.uploads.unfinished()) == ([], [])


@pytest.mark.parametrize("heard", [False, True])
def test_a_note_says_the_old_or_the_new_wherever_writing_it_was_cut(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, heard: bool
) -> None:
    store, cutting = s3_store(s3.place()), Cutting(monkeypatch)
    store.notes.write(".a", b"old")
    cutting.during(lambda: store.notes.write(".a", b"new"), 0, heard=heard)
    assert store.notes.read(".a") == (b"new" if heard else b"old")
    store.notes.write(".a", b"newer")
    again = S3Store(store._wire)
    again.notes.write(".a", b"newest")
    assert kept(s3, again, ".a") == [b"newest"]
