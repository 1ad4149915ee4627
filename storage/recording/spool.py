"""The spool: segments being written, one file each, a lane's thread doing the writing."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from shared.causes import cause_of
from shared.clock import Clock
from shared.reasons import Reason, why
from storage.fmp4.entry import Description
from storage.fmp4.identity import Identity
from storage.fmp4.movie import init_segment
from storage.fmp4.reader import ReadAt
from storage.model.segment import spool_name
from storage.objects.disk import Disk
from storage.objects.sealing.growing import Growing
from storage.recording.core import Core, FragmentBuilder
from storage.recording.lane import DiskLane
from storage.recording.pending import PendingFragment
from storage.recording.spool_file import SpoolFile
from storage.recording.spool_files import SpoolFiles
from storage.recording.spool_keys import SpoolKeys
from storage.recording.written import Written

_SPACE_EVERY_NS = 1_000_000_000
_LATE_NS = 1_000_000_000


Others = Callable[[], Sequence[Path]]


class Spool:
    """The folder, its disk, the lanes that write to it, and the space that must stay free.

    The reserve keeps the index able to write, without which nothing could be destroyed to make room.
    """

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        lanes: list[DiskLane],
        clock: Clock,
        *,
        reserve_bytes: int = 0,
        core: Core | None = None,
        others: Others = tuple,
        keys: SpoolKeys | None = None,
    ) -> None:
        """`others` gives the folders of other processes that can be reached: read and removed from, never
        written to."""
        self.folder = folder
        self.others = others
        self.disk = disk
        self.keys = keys
        self._files = SpoolFiles(keys)
        self._lanes = lanes
        self._builders = [FragmentBuilder(core) for _ in lanes]
        self._clock = clock
        self._reserve_bytes = reserve_bytes
        self._looked_ns: int | None = None
        self._low = False
        self._unsynced_since_ns: int | None = None

    def lane(self, number: int) -> DiskLane:
        """The lane of a recording: the same one for all its segments, so that they stay in order."""
        return self._lanes[number % len(self._lanes)]

    def builder(self, lane: DiskLane) -> FragmentBuilder:
        """What builds fragments in the thread of a lane."""
        return self._builders[self._lanes.index(lane)]

    def now_ns(self) -> int:
        """Monotonic time, for telling how long something waited."""
        return self._clock.monotonic_ns()

    def path(self, key: str) -> Path:
        """The file of a segment while it is here."""
        return self.folder / spool_name(key)

    def read(self, key: str, offset: int, size: int) -> bytes:
        """A range of a segment that is here, fewer bytes only at its end now. Raises OSError. Blocking."""
        try:
            return self._files.read(self.path(key), offset, size)
        except FileNotFoundError:
            for path in self._elsewhere(key):
                with suppress(FileNotFoundError):
                    return self._files.read(path, offset, size)
            raise

    def size(self, key: str) -> int | None:
        """How much of a segment is here now, None where it is not here. Raises OSError. Blocking."""
        for path in (self.path(key), *self._elsewhere(key)):
            with suppress(FileNotFoundError):
                return self._files.size(path)
        return None

    def look(self, path: Path) -> tuple[int, ReadAt]:
        """How much of a file of any process can be read now, and what reads it. Raises OSError. Blocking."""
        return self._files.size(path), partial(self._files.read, path)

    def open(self, key: str) -> BinaryIO:
        """A segment that is here, to be read from its beginning to its end. Raises OSError. Blocking."""
        return self._files.open(self.path(key))

    @contextmanager
    def opened(self, key: str) -> Iterator[SpoolFile]:
        """A segment that nobody writes to, as far as its file is sound. Raises OSError. Blocking."""
        with self._files.opened(self.path(key)) as file:
            yield file

    def cut(self, key: str, stored: int) -> None:
        """Cut the file of a segment that nobody writes to. Raises OSError. Blocking."""
        self._files.cut(self.path(key), stored)

    def expect(self, commune: str) -> None:
        """A commune is to be recorded. In the loop."""
        if self.keys is not None:
            self.keys.expect(commune)

    def sealing(self, key: str) -> Growing | None:
        """What seals a segment that begins; None where it is written in the clear. Blocking."""
        return self._files.sealing(key)

    def remove(self, key: str) -> bool:
        """Remove the file of a segment; False where there was none. Raises OSError. Blocking."""
        found = False
        for path in (self.path(key), *self._elsewhere(key)):
            there = path.exists()
            if there or path.parent == self.folder:
                self.disk.remove(path)
            found = found or there
        return found

    def is_elsewhere(self, key: str) -> bool:
        """Whether a segment's file is in the folder of another process, which may write to it. Blocking."""
        return any((folder / spool_name(key)).exists() for folder in self.others())

    def _elsewhere(self, key: str) -> list[Path]:
        """Where else a file may be. Each twice: one that is moved from folder to folder is not missed."""
        paths = [folder / spool_name(key) for folder in self.others()]
        return [*paths, self.path(key), *paths] if paths else []

    def wrote(self, at_ns: int) -> None:
        """Something was written that a power cut takes until the next sync. Any thread."""
        if self._unsynced_since_ns is None or at_ns < self._unsynced_since_ns:
            self._unsynced_since_ns = at_ns

    def begin_sync(self) -> int | None:
        """Since when there is something to sync, None where there is nothing; what is written next is new."""
        since_ns, self._unsynced_since_ns = self._unsynced_since_ns, None
        return since_ns

    @property
    def unsynced_since_ns(self) -> int | None:
        """When the oldest was written that no sync has begun with."""
        return self._unsynced_since_ns

    @property
    def waiting_bytes(self) -> int:
        return sum(lane.waiting_bytes for lane in self._lanes)

    def check_space(self) -> None:
        """Raise ENOSPC when less than the reserve is free. Looks once a second. Any thread."""
        now_ns = self._clock.monotonic_ns()
        if self._looked_ns is None or now_ns - self._looked_ns > _SPACE_EVERY_NS:
            self._looked_ns = now_ns
            self._low = self.disk.free_bytes(self.folder) < self._reserve_bytes
        if self._low:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@dataclass(frozen=True, slots=True)
class WriterEvents:
    """What a segment's writer tells, in the loop. After `failed` or `closed` it tells nothing more.

    `written` gives the media time up to which the file is whole, and whether the disk kept it waiting for
    over a second; `failed` why, and whether the file holds anything; `closed` whether it does, and all that
    it holds where that is sure.
    """

    written: Callable[[int, bool], None]
    failed: Callable[[Reason, bool], None]
    closed: Callable[[bool, Written | None], None]


class SegmentWriter:
    """One segment on its way to the spool. Calls are made in the loop; the work is done in the lane."""

    def __init__(
        self,
        spool: Spool,
        lane: DiskLane,
        key: str,
        identity: Identity,
        description: Description,
        events: WriterEvents,
    ) -> None:
        self._spool = spool
        self._disk = spool.disk
        self._lane = lane
        self._key = key
        self._path = spool.path(key)
        self._description = description
        self._events = events
        self._builder = spool.builder(lane)
        self._descriptor: int | None = None
        self._sealing: Growing | None = None
        self._size = 0
        self._stored = 0
        self._digest = hashlib.sha256()
        self._fragments = 0
        self._end90 = 0
        self._incomplete = 0
        self._broken = False
        self._changed = False
        lane.submit(lambda: self._start(init_segment(description, identity)))

    def append(self, fragment: PendingFragment) -> bool:
        """Queue a fragment; False where the lane is full, and then nothing of it is written."""
        queued_ns = self._spool.now_ns()
        return self._lane.submit(lambda: self._append(fragment, queued_ns), fragment.size)

    def close(self) -> None:
        """Queue the end of the segment."""
        self._lane.submit(self._close)

    def _start(self, init: bytes) -> None:
        try:
            self._spool.check_space()
            self._sealing = self._spool.sealing(self._key)
            self._descriptor = self._disk.create(self._path)
            self._write(init)
        except OSError as error:
            self._fail(error)

    def _append(self, fragment: PendingFragment, queued_ns: int) -> None:
        if self._broken:
            return
        late = self._spool.now_ns() - queued_ns > _LATE_NS
        try:
            self._spool.check_space()
            # Where other parameters came in the middle of the file, those of its head are told again
            # afterwards: a decoder would go on with the others.
            data, self._changed = self._builder.build(fragment, self._description, whole=self._changed)
            self._write(data)
        except OSError as error:
            self._fail(error)
            return
        if not self._fragments:
            self._incomplete = fragment.recovery
        self._fragments += 1
        self._end90 = fragment.end90
        self._lane.tell(lambda: self._events.written(fragment.end90, late))

    def _write(self, data: bytes | memoryview) -> None:
        assert self._descriptor is not None
        stored = data if self._sealing is None else self._sealed(self._sealing, data)
        try:
            self._disk.write(self._descriptor, stored)
        except OSError:
            self._disk.truncate(self._descriptor, self._stored)
            raise
        self._stored += len(stored)
        self._size += len(data)
        # Of what the disk took, and of nothing else.
        self._digest.update(data)
        self._spool.wrote(self._spool.now_ns())

    def _sealed(self, sealing: Growing, data: bytes | memoryview) -> bytes:
        return sealing.seal(data) if self._stored else sealing.head + sealing.seal(data)

    def _fail(self, error: OSError) -> None:
        self._broken = True
        self._end()
        reason, kept = _refusal(error), self._fragments > 0
        self._lane.tell(lambda: self._events.failed(reason, kept))

    def _close(self) -> None:
        if not self._broken:
            self._broken = True
            written = self._end()
            self._lane.tell(lambda: self._events.closed(self._fragments > 0, written))

    def _end(self) -> Written | None:
        """Close the file, and remove it where it holds no picture; what it holds where that is sure."""
        try:
            if self._descriptor is not None:
                descriptor, self._descriptor = self._descriptor, None
                self._disk.close(descriptor)
                if not self._fragments:
                    self._disk.remove(self._path)
        except OSError:
            # What is left in the spool is looked at again: now, where it holds pictures, else at the start.
            return None
        if not self._fragments:
            return None
        return Written(self._size, self._digest.hexdigest(), self._end90, self._incomplete)


def _refusal(error: OSError) -> Reason:
    cause = cause_of(error)
    if error.errno == errno.ENOSPC:
        return why(
            "recording-disk-full", "the disk of the recordings does not take more: {cause}", cause=cause
        )
    return why("recording-disk-fails", "the disk of the recordings does not take more: {cause}", cause=cause)
