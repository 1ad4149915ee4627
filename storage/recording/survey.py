"""Reads a whole segment, in a file or in the store, for what the index should say of it. Blocking."""

import errno
import hashlib
import os
from functools import partial

from shared.errors import BadInput
from storage.fmp4.reader import Layout, ReadAt, read_layout
from storage.model.segment import Segment, SegmentState
from storage.objects.sealing.faults import SealBroken
from storage.objects.store import ObjectStore, StoreAway

_CHUNK = 1 << 20


def digest_of(read_at: ReadAt) -> str:
    """The SHA-256 of all there is to read."""
    digest, at = hashlib.sha256(), 0
    while chunk := read_at(at, _CHUNK):
        digest.update(chunk)
        at += len(chunk)
    return digest.hexdigest()


def has_digest(store: ObjectStore, key: str, sha256: str) -> bool:
    """Whether an object has that digest; one whose bytes do not open any more has none. Raises OSError."""
    try:
        return digest_of(partial(store.read, key)) == sha256
    except SealBroken:
        return False


def segment_of(
    read_at: ReadAt, size: int, key: str, layout: Layout, codec: str, state: SegmentState
) -> Segment:
    """What the index should say of a whole segment."""
    identity = layout.identity
    return Segment(
        key=key,
        stream=identity.stream,
        run=identity.run,
        start_ns=identity.start_ns,
        end_ns=layout.end_ns,
        size=size,
        sha256=digest_of(read_at),
        codec=codec,
        parameters=layout.description.digest,
        days=identity.days,
        state=state,
        incomplete=layout.incomplete,
    )


def read_object(store: ObjectStore, key: str) -> Segment | str:
    """The row of an object, or why it has none. Raises StoreAway where the store tells nothing of it."""
    try:
        found = store.find(key)
        if found is None:
            return os.strerror(errno.ENOENT)
        read_at = partial(store.read, key)
        layout = read_layout(read_at, found.size)
        if not layout.fragments:
            return "it holds no picture"
        return segment_of(
            read_at, found.size, key, layout, layout.description.codec_string, SegmentState.STORED
        )
    except BadInput as error:
        return error.detail
    except StoreAway:
        raise
    except OSError as error:
        return error.strerror or str(error)
