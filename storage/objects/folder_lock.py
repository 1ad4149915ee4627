"""Lets one storage work in a folder, by the kernel's lock, and by a lease where machines share the folder."""

import asyncio
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import BadInput, Conflict, Unavailable
from shared.messages.codec import decode, encode
from shared.reasons import Reason, why
from storage.objects.boot import Boot

RENEW_S = 2.0
WATCH_S = 3 * RENEW_S
LOCK_FILE = ".beffroi-lock"
_LEASE = ".beffroi-lease"
_LEASE_BYTES = 512
_TRY_S, _TRIES = 0.25, 20


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works in a folder. `beat` grows as long as they live: no clock is compared with another's."""

    owner: str
    host: str
    pid: int
    boot_id: str
    beat: int


class FolderLock:
    """Held for the life of the process. The kernel lets it go when the process ends, however it ends.

    A kernel knows nothing of another machine's locks on some shared folders. There the lease tells: one left
    by another machine, or by this one before it was started, counts once it has not changed for `WATCH_S`.

    Processes of one `family`, those of one index, share a folder: they hold the kernel's lock together, and
    any other's lease counts until it has not changed for `WATCH_S`.
    """

    def __init__(self, folder: Path, clock: Clock, boot: Boot, family: str = "") -> None:
        self.folder = folder
        self._clock = clock
        self._boot_id = boot().id
        self._family = family
        self._lease = Lease(family or token_hex(8), socket.gethostname(), os.getpid(), self._boot_id, 0)
        self._descriptor: int | None = None
        self._trouble: Reason | None = None

    async def take(self) -> None:
        """Raises Conflict, a sentence that names who has it; Unavailable where it cannot be used."""
        try:
            self._lock()
            await self._outlive()
            self._write()
        except OSError as error:
            self.release()
            raise Unavailable(f"the folder {self.folder} cannot be locked: {error.strerror}") from error
        except Conflict:
            self.release()
            raise

    async def take_patiently(self) -> None:
        """As `take`, where whoever has it may let it go in a moment."""
        for _ in range(_TRIES):
            with suppress(Conflict):
                await self.take()
                return
            await self._clock.sleep(_TRY_S)
        await self.take()

    def release(self) -> None:
        """Let go, as at an orderly stop."""
        if self._descriptor is None:
            return
        lease = self._read()
        if lease is not None and lease.owner == self._lease.owner and self._is_alone(self._descriptor):
            # One that cannot be removed only keeps whoever comes next waiting.
            with suppress(OSError):
                (self.folder / _LEASE).unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None

    async def keep(self) -> None:
        """Renew the lease for ever. Raises Conflict once somebody else has the folder."""
        while True:
            await self._clock.sleep(RENEW_S)
            await asyncio.to_thread(self.renew)

    def renew(self) -> None:
        """Renew once. Raises Conflict once somebody else has the folder."""
        try:
            lease = self._read()
            if lease is not None and lease.owner != self._lease.owner:
                raise Conflict(self._taken(lease))
            if self._descriptor is None or not self._same_file(self._descriptor):
                # Another disk was mounted in its place: that one is to be locked too.
                self._lock()
            self._write()
            self._trouble = None
        except OSError as error:
            self._trouble = why(
                "folder-unsure",
                "the lease of {folder} cannot be renewed: {cause}",
                folder=str(self.folder),
                cause=cause_of(error),
            )

    async def reason_to_refuse(self) -> Reason | None:
        """Why nothing may be destroyed: whether somebody else works in the folder is not known."""
        return self._trouble

    def _lock(self) -> None:
        descriptor = os.open(self.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            how = fcntl.LOCK_SH if self._family else fcntl.LOCK_EX
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise Conflict(self._taken(self._read())) from None
        except OSError:
            os.close(descriptor)
            raise
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = descriptor

    def _is_alone(self, descriptor: int) -> bool:
        """Whether nobody of the family has the folder too."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _tells_nothing(self, lease: Lease | None) -> bool:
        """Whether a lease need not be watched: the kernel's lock, or whose it is, says all."""
        if lease is None:
            return False
        if self._family:
            return lease.owner == self._family
        return bool(self._boot_id) and lease.boot_id == self._boot_id

    async def _outlive(self) -> None:
        """Wait until a lease that the kernel's lock says nothing of has not changed for a while."""
        seen, lease = self._text(), self._read()
        if not seen or self._tells_nothing(lease):
            return
        await self._clock.sleep(WATCH_S)
        if self._text() != seen and not self._tells_nothing(self._read()):
            raise Conflict(self._taken(self._read()))

    def _write(self) -> None:
        self._lease = replace(self._lease, beat=self._lease.beat + 1)
        # In place and not synced: other machines see it at once, and after a power cut nobody holds it.
        descriptor = os.open(self.folder / _LEASE, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, encode(self._lease).ljust(_LEASE_BYTES), 0)
        finally:
            os.close(descriptor)

    def _text(self) -> bytes:
        try:
            return (self.folder / _LEASE).read_bytes()
        except FileNotFoundError:
            return b""

    def _read(self) -> Lease | None:
        try:
            return decode(Lease, self._text())
        except BadInput:
            return None

    def _same_file(self, descriptor: int) -> bool:
        try:
            mine, there = os.fstat(descriptor), os.stat(self.folder / LOCK_FILE)
        except FileNotFoundError:
            return False
        return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)

    def _taken(self, lease: Lease | None) -> str:
        who = "another process" if lease is None else f"process {lease.pid} on {lease.host}"
        return f"another storage works in {self.folder} ({who}): stop it first"


@asynccontextmanager
async def locked(
    folders: Iterable[Path], clock: Clock, boot: Boot, family: str = "", *, patient: bool = False
) -> AsyncIterator[list[FolderLock]]:
    """Hold the lock of each folder, with all of a family where that is given. Raises Conflict, Unavailable;
    then none is held.

    One who is `patient` waits a moment for whoever has one: another process moves files out of it.
    """
    alone = sorted({folder.resolve() for folder in folders})
    locks = [FolderLock(folder, clock, boot, family) for folder in alone]
    try:
        # Together: each may have to wait for what an old lease says.
        await asyncio.gather(*(lock.take_patiently() if patient else lock.take() for lock in locks))
        yield locks
    finally:
        for lock in locks:
            lock.release()
