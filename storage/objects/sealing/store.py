"""An object store that seals what another one keeps."""

import errno
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from typing import BinaryIO, Generic, TypeVar

from storage.objects.blocks import Blocks
from storage.objects.locks import Locks
from storage.objects.notes import Notes
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.faults import KeyAway, SealBroken
from storage.objects.sealing.scope import UNDATED, Scope, scope_of
from storage.objects.sealing.stream import (
    HEAD_BYTES,
    ID_BYTES,
    SEGMENT_BYTES,
    Broken,
    Head,
    Opener,
    head_of,
    sealed,
)
from storage.objects.store import MOST_KEYS, ObjectStore, StoredObject, require_key

_MOST_HEADS = 10_000
_MOST_OPENERS = 256
_MOST_SEGMENTS = 128
_MOST_LAST = 10_000
_BATCH = 5000
T = TypeVar("T")
_PLAIN = Head(b"", b"", -1)


class SealingStore:
    """An `ObjectStore` over another. What was stored before there were keys is read as it is.

    A data key is destroyed by the removal of the last object of its camera and day. Without `keys` nothing is
    sealed, and what is sealed cannot be read. It is `shared` where other processes put and remove too.
    """

    def __init__(self, inner: ObjectStore, keys: DataKeys | None, *, shared: bool = False) -> None:
        self._shared = shared
        self._inner = inner
        self._keys = keys
        self._turn = RLock()
        self._heads: _Recent[Head] = _Recent(_MOST_HEADS)
        self._openers: _Recent[Opener] = _Recent(_MOST_OPENERS)
        self._segments = Blocks(_MOST_SEGMENTS)
        self._putting: Counter[Scope] = Counter()
        self._doubtful: set[Scope] = set()
        # The newest object of a scope: while it is there, the scope has not come to its end.
        self._last: _Recent[str] = _Recent(_MOST_LAST)

    @property
    def notes(self) -> Notes:
        return self._inner.notes

    @property
    def locks(self) -> Locks:
        return self._inner.locks

    def put(self, key: str, source: BinaryIO) -> None:
        require_key(key)
        if self._keys is None:
            self._inner.put(key, source)
            return
        scope = scope_of(key)
        with self._kept(scope):
            data_key = self._keys.for_writing(scope)
            self._inner.put(key, sealed(data_key.secret, data_key.thumbprint[:ID_BYTES], key, source))
            if self._shared and not self._keys.lasts(scope, data_key):
                # Another process has seen nothing left that it sealed: it is to be put again under a new one.
                self._inner.remove(key)
                raise OSError(errno.EAGAIN, "its data key was destroyed meanwhile")
            # What another object of this name was sealed with, read while it was removed.
            self._forget(key)

    def find(self, key: str) -> StoredObject | None:
        found = self._inner.find(key)
        if found is None:
            return None
        try:
            head = self._head(key, once=True, found=found)
        except FileNotFoundError:
            return None
        except SealBroken:
            # It is there: what is wrong with it is told by reading it.
            return found
        return found if head is _PLAIN else StoredObject(head.size, found.written_ns)

    def read(self, key: str, offset: int, size: int, *, once: bool = False) -> bytes:
        require_key(key)
        if offset < 0 or size < 0:
            raise ValueError(f"{size} bytes from {offset} are no range")
        head = self._head(key, once=once)
        if head is _PLAIN:
            return self._inner.read(key, offset, size, once=once)
        opener = self._opener(key, head)
        numbers = opener.numbers(offset, size)
        try:
            if once or size > SEGMENT_BYTES:
                opened = opener.open(numbers, self._inner.read(key, *opener.place(numbers), once=once))
            else:
                opened = [self._segments.get(key, number, self._segment(opener)) for number in numbers]
        except Broken as error:
            raise SealBroken(scope_of(key), str(error)) from error
        return opener.cut(opened, numbers, offset, size)

    def remove(self, key: str) -> bool:
        require_key(key)
        self._forget(key)
        there = self._inner.remove(key)
        self._forget(key)
        scope = scope_of(key)
        if self._keys is not None and scope != UNDATED:
            self._end(scope, key)
        return there

    def keys(self, prefix: str = "", *, after: str = "", most: int = MOST_KEYS) -> list[str]:
        return self._inner.keys(prefix, after=after, most=most)

    def groups(self, prefix: str = "") -> list[str]:
        return self._inner.groups(prefix)

    def _head(self, key: str, *, once: bool, found: StoredObject | None = None) -> Head:
        """How an object is sealed, _PLAIN where it is not. Raises FileNotFoundError."""
        known = self._heads.get(key)
        if known is not None:
            return known
        start = self._inner.read(key, 0, HEAD_BYTES, once=once)
        found = found or self._inner.find(key)
        if found is None:
            raise FileNotFoundError(key)
        try:
            head = head_of(start, found.size) or _PLAIN
        except (Broken, IndexError) as error:
            raise SealBroken(scope_of(key), str(error)) from error
        self._heads.put(key, head)
        return head

    def _opener(self, key: str, head: Head) -> Opener:
        known = self._openers.get(key)
        if known is not None:
            return known
        scope = scope_of(key)
        if self._keys is None:
            raise KeyAway(f"the footage of {scope} cannot be opened: no folder of footage keys is set")
        data_key = self._keys.for_reading(scope)
        if self._shared and data_key is not None and data_key.thumbprint[:ID_BYTES] != head.key_id:
            self._keys.read_anew(scope)
            data_key = self._keys.for_reading(scope)
        if data_key is None:
            raise SealBroken(scope, "its data key is gone")
        if data_key.thumbprint[:ID_BYTES] != head.key_id:
            raise SealBroken(scope, "it was sealed by another data key")
        opener = Opener(data_key.secret, key, head)
        self._openers.put(key, opener)
        return opener

    def _segment(self, opener: Opener) -> "_Read":
        return _Read(self._inner, opener)

    def _forget(self, key: str) -> None:
        self._heads.forget(key)
        self._openers.forget(key)
        self._segments.forget(key)

    @contextmanager
    def _kept(self, scope: Scope) -> Iterator[None]:
        """The data key of a scope is not destroyed while something is put under it."""
        with self._turn:
            self._putting[scope] += 1
        try:
            yield
        finally:
            with self._turn:
                self._putting[scope] -= 1
                ended = not self._putting[scope]
                if ended:
                    del self._putting[scope]
                doubtful = ended and scope in self._doubtful
                self._doubtful.discard(scope)
            if doubtful:
                self._end(scope, "")

    def _end(self, scope: Scope, removed: str) -> None:
        """Destroy the data key of a scope where nothing is left that it sealed."""
        assert self._keys is not None
        with self._turn:
            if self._last.get(scope.note) not in (None, removed):
                return
            self._last.forget(scope.note)
            if self._putting[scope]:
                self._doubtful.add(scope)
                return
            newest = self._newest(scope)
            if newest is None:
                self._destroy(scope)
                return
            self._last.put(scope.note, newest)

    def _destroy(self, scope: Scope) -> None:
        assert self._keys is not None
        envelope = self._keys.destroy(scope)
        # Another process that puts something meanwhile looks for the key behind it: either it finds that the
        # key is gone, or what it put is found here.
        if self._shared and envelope is not None and self._newest(scope) is not None:
            self._keys.bring_back(scope, envelope)

    def _newest(self, scope: Scope) -> str | None:
        """The last key of those that a data key is for."""
        newest: str | None = None
        for stream in self._inner.groups(scope.camera_prefix):
            day, after = f"{stream}{scope.day}/", ""
            while batch := self._inner.keys(day, after=after, most=_BATCH):
                newest = after = batch[-1]
                if len(batch) < _BATCH:
                    break
        return newest


class _Recent(Generic[T]):
    """What was put last, by name; `most` of it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._turn = Lock()
        self._known: OrderedDict[str, T] = OrderedDict()

    def get(self, name: str) -> T | None:
        with self._turn:
            found = self._known.get(name)
            if found is not None:
                self._known.move_to_end(name)
            return found

    def put(self, name: str, what: T) -> None:
        with self._turn:
            self._known[name] = what
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def forget(self, name: str) -> None:
        with self._turn:
            self._known.pop(name, None)


class _Read:
    """Reads and opens one segment at a time."""

    def __init__(self, inner: ObjectStore, opener: Opener) -> None:
        self._inner = inner
        self._opener = opener

    def __call__(self, key: str, number: int, count: int) -> bytes:
        numbers = range(number, number + count)
        return self._opener.open(numbers, self._inner.read(key, *self._opener.place(numbers)))[0]
