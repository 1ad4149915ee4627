"""A bucket of an S3 service as an object store."""

import errno
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from storage.objects.blocks import Blocks
from storage.objects.marker import require_store
from storage.objects.s3_locks import S3Locks
from storage.objects.s3_notes import S3Notes
from storage.objects.s3_upload import PART_BYTES, S3Uploads
from storage.objects.s3_versions import S3Versions
from storage.objects.s3_wire import S3Wire
from storage.objects.store import (
    MOST_KEYS,
    StoredObject,
    is_group,
    is_key,
    require_group,
    require_key,
)
from storage.objects.walk import all_fit, walk

BLOCK_BYTES = 1 << 20
_MOST_BLOCKS = 48
_MOST_AHEAD = 8
"""To look through the file of a minute, to play it or to index it, is a handful of calls, not one a block."""


class S3Store:
    """An `ObjectStore` of a bucket, or of a folder in one. One process at a time may have it."""

    def __init__(self, wire: S3Wire, part_bytes: int = PART_BYTES) -> None:
        self.notes = S3Notes(wire)
        self.locks = S3Locks(wire)
        self.uploads = S3Uploads(wire, part_bytes)
        self._wire = wire
        self._versions = S3Versions(wire)
        self._blocks = Blocks(_MOST_BLOCKS, size=BLOCK_BYTES, ahead=_MOST_AHEAD)

    @property
    def away(self) -> str | None:
        """Why the service did not do what it was asked last, None where it did."""
        return None if self._wire.away is None else self._wire.away.strerror

    def put(self, key: str, source: BinaryIO) -> None:
        _require(key)
        self._wire.require_ours()
        require_store(self.notes)
        self.uploads.put(key, source)

    def find(self, key: str) -> StoredObject | None:
        _require(key)
        try:
            answer = self._wire.call("head_object", key)
        except FileNotFoundError:
            # It is not there only where its bucket is.
            self._wire.call("head_bucket")
            return None
        written: datetime = answer["LastModified"]
        return StoredObject(int(answer["ContentLength"]), int(written.timestamp()) * 1_000_000_000)

    def read(self, key: str, offset: int, size: int, *, once: bool = False) -> bytes:
        _require(key)
        if offset < 0 or size < 0:
            raise ValueError(f"{size} bytes from {offset} are no range")
        if once or size > BLOCK_BYTES:
            return self._fetch(key, offset, size)
        data = b""
        for number in range(offset // BLOCK_BYTES, (offset + max(size, 1) - 1) // BLOCK_BYTES + 1):
            block = self._blocks.get(key, number, self._block)
            data += block[max(0, offset - number * BLOCK_BYTES) : offset + size - number * BLOCK_BYTES]
            if len(block) < BLOCK_BYTES:
                break
        return data

    def remove(self, key: str) -> bool:
        _require(key)
        self._wire.require_ours()
        # What was sent of it is footage too, and so is what is kept of it in memory.
        self.uploads.abort(key)
        self._blocks.forget(key)
        there = self._versions.remove(key)
        self._blocks.forget(key)
        return there

    def keys(self, prefix: str = "", *, after: str = "", most: int = MOST_KEYS) -> list[str]:
        return list(islice(walk(self._entries, prefix, after), most))

    def groups(self, prefix: str = "") -> list[str]:
        require_group(prefix)
        return [name for name in self._entries(prefix) if name.endswith("/")]

    def clear_incoming(self, goes_on: Callable[[str], bool]) -> int:
        """End the uploads that nobody goes on with: those whose file is not in the spool. How many."""
        left = {key for key, _ in self.uploads.unfinished() if not (is_key(key) and goes_on(key))}
        return sum(self.uploads.abort(key) for key in left)

    def _block(self, key: str, number: int, count: int) -> bytes:
        return self._fetch(key, number * BLOCK_BYTES, count * BLOCK_BYTES)

    def _fetch(self, key: str, offset: int, size: int) -> bytes:
        if size == 0:
            if self.find(key) is None:
                raise FileNotFoundError(errno.ENOENT, "the object store does not have it", key)
            return b""
        try:
            return self._wire.fetch(key, Range=f"bytes={offset}-{offset + size - 1}")
        except EOFError:
            return b""

    def _entries(self, folder: str) -> list[str]:
        # Asked folder by folder and put in order here: not every service lists in the order of names.
        place, short, found = self._wire.place, all_fit(folder), set[str]()
        for page in self._wire.pages("list_objects_v2", Prefix=place.name(folder), Delimiter="/"):
            for one in page.get("Contents", []):
                key = place.key(str(one["Key"]))
                if key.endswith(".mp4") and (short or is_key(key)):
                    found.add(key)
            for one in page.get("CommonPrefixes", []):
                group = place.key(str(one["Prefix"]))
                if group != "/" and is_group(group):
                    found.add(group)
        return sorted(found)


def _require(key: str) -> None:
    """Raise ValueError where a text is no key; S3's are text in UTF-8."""
    require_key(key)
    try:
        key.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{key!r} is not an object key") from None
