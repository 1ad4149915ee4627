"""Counts every step by which a storage changes what is kept, and lets one of them go wrong."""

import errno
import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import event

from storage.index.database import Database
from storage.objects.disk import RealDisk
from tests.unit.storage.faults.power import PowerLine


class Fault(StrEnum):
    """What befalls a storage at a step."""

    KILLED = "killed"
    POWER_CUT = "power cut"
    POWER_CUT_TORN = "power cut, the last write torn"
    POWER_CUT_ZEROS = "power cut, the last write zeros"
    INPUT_OUTPUT_ERROR = "EIO"
    DISK_FULL = "ENOSPC"
    READ_ONLY = "EROFS"
    CLOCK_AHEAD = "clock an hour ahead"
    CLOCK_BACK = "clock an hour back"
    FROZEN = "frozen for a minute"
    OLDER_INDEX = "killed, and an older index restored"
    INDEX_LOST = "killed, and the index lost"


ENDS = {
    Fault.KILLED,
    Fault.POWER_CUT,
    Fault.POWER_CUT_TORN,
    Fault.POWER_CUT_ZEROS,
    Fault.OLDER_INDEX,
    Fault.INDEX_LOST,
}
"""Faults after which the process is no more."""

POWER_CUTS = {Fault.POWER_CUT, Fault.POWER_CUT_TORN, Fault.POWER_CUT_ZEROS}


class Kind(Enum):
    """What a step does."""

    SPACE = "takes room on a disk"
    WRITE = "takes room, by a write"
    NAME = "changes a name"
    SYNC = "makes something last"
    COMMIT = "ends a transaction"


_HURT = {
    Fault.DISK_FULL: (errno.ENOSPC, {Kind.SPACE, Kind.WRITE, Kind.COMMIT}),
    Fault.READ_ONLY: (errno.EROFS, {Kind.SPACE, Kind.WRITE, Kind.NAME}),
}


class Steps:
    """The steps of one procedure. At the step `at`, counted from nought, `fault` happens.

    `moment` is called there for what is no failure: a clock that is set, time that passes.
    """

    def __init__(
        self,
        folders: list[Path],
        power: PowerLine | None = None,
        fault: Fault | None = None,
        at: int = 0,
        moment: Callable[[], None] = lambda: None,
    ) -> None:
        self.count = 0
        self.struck = False
        self._healed = False
        self._folders = folders
        self._power = power
        self._fault = fault
        self._at = at
        self._moment = moment
        self._turn = threading.RLock()

    def heal(self) -> None:
        """A disk that was full has room again, one that was read-only takes writes."""
        self._healed = True

    @property
    def is_over(self) -> bool:
        """Whether the process is no more."""
        return self.struck and self._fault in ENDS

    @property
    def is_hurt(self) -> bool:
        """Whether nothing can be done now: the process is no more, or no disk takes anything."""
        return self.is_over or (self.struck and not self._healed and self._fault in _HURT)

    @property
    def is_survived(self) -> bool:
        """Whether the fault, if there is one, leaves the process."""
        return self._fault is not None and self._fault not in ENDS

    @contextmanager
    def watched(self, database: Database) -> Iterator[None]:
        engine = database._engine.sync_engine
        with ExitStack() as patches:
            for name, kind in (("replace", Kind.NAME), ("rename", Kind.NAME), ("link", Kind.SPACE)):
                patches.enter_context(self._patched(os, name, kind, 1))
            for name, kind in (("unlink", Kind.NAME), ("mkdir", Kind.SPACE), ("truncate", Kind.NAME)):
                patches.enter_context(self._patched(os, name, kind, 0))
            for name, kind in (("write", Kind.WRITE), ("fsync", Kind.SYNC), ("ftruncate", Kind.NAME)):
                patches.enter_context(self._patched(os, name, kind, 0))
            patches.enter_context(self._patched(os, "open", Kind.SPACE, 0))
            patches.enter_context(self._patched(io, "open", Kind.SPACE, 0))
            if hasattr(RealDisk, "sync_all"):
                patches.enter_context(self._patched(RealDisk, "sync_all", Kind.SYNC, 1))
            event.listen(engine, "commit", self._commit)
            patches.callback(event.remove, engine, "commit", self._commit)
            yield

    def _patched(self, owner: Any, name: str, kind: Kind, place: int) -> Any:
        real = getattr(owner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            path = self._path(name, arguments, place)
            if path is None or (name == "open" and not _makes(owner, path, arguments, named)):
                return real(*arguments, **named)
            with self._turn:
                self._step(kind, lambda: real(arguments[0], arguments[1][: len(arguments[1]) // 2]))
                done = real(*arguments, **named)
                self._look(name, kind, path)
            return done

        return mock.patch.object(owner, name, call)

    def _look(self, name: str, kind: Kind, path: Path) -> None:
        if self._power is None:
            return
        if name == "sync_all":
            self._power.sync_all(path)
        elif kind is Kind.SYNC:
            self._power.synced(path)
        elif kind is Kind.SPACE and name != "mkdir":
            self._power.created(path)

    def _commit(self, _connection: object) -> None:
        with self._turn:
            self._step(Kind.COMMIT, lambda: None)

    def _step(self, kind: Kind, half: Callable[[], object]) -> None:
        """Count a step. Raises OSError where it fails."""
        here, self.count = self.count == self._at and self._fault is not None, self.count + 1
        if self.is_over:
            raise OSError(errno.EIO, "the process is no more")
        if here:
            self.struck = True
            if self.is_over:
                if kind is Kind.WRITE:
                    half()
                raise OSError(errno.EIO, "the process is no more")
            if self._fault is Fault.INPUT_OUTPUT_ERROR:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            self._moment()
        if self.struck and not self._healed and self._fault in _HURT:
            number, kinds = _HURT[self._fault]
            if kind in kinds:
                raise OSError(number, os.strerror(number))

    def _path(self, name: str, arguments: tuple[Any, ...], place: int) -> Path | None:
        """Which watched file or folder a call concerns."""
        if len(arguments) <= place:
            return None
        told = arguments[place]
        if isinstance(told, int):
            told = os.readlink(f"/proc/self/fd/{told}")
        path = Path(os.fsdecode(told))
        return path if any(path.is_relative_to(folder) for folder in self._folders) else None


def _makes(owner: Any, path: Path, arguments: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Whether a call of `open` makes a file, or may."""
    if owner is os:
        return bool(arguments[1] & os.O_CREAT)
    mode = named.get("mode", arguments[1] if len(arguments) > 1 else "r")
    return any(one in mode for one in "wxa")
