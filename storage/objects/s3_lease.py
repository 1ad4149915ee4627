"""Lets one storage work in a bucket: a note that its holder renews, written only over the one it knows."""

import asyncio
import errno
import os
import socket
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import BadInput, Conflict, Unavailable
from shared.messages.codec import decode, encode
from shared.reasons import Reason, why
from storage.objects.boot import Boot
from storage.objects.s3_versions import S3Versions
from storage.objects.s3_wire import S3Wire
from storage.objects.store import StoreAway

RENEW_S = 5.0
WATCH_S = 3 * RENEW_S
_TRUSTED_S = WATCH_S - 2.0
"""So long after a renewal nobody else can have it: whoever stood still longer renews before it writes."""

NOTE = ".beffroi-lease"


@dataclass(frozen=True, slots=True)
class BucketLease:
    """Who works in a bucket. `beat` grows as long as they live: no clock is compared with another's.

    `folder` is the file system's own number of their spool, which the kernel's lock guards on one machine.
    """

    owner: str
    host: str
    pid: int
    boot_id: str
    folder: str
    beat: int


class S3Lease:
    """Held for the life of the process. Until it is taken, and once it may be lost, `wire` writes none else.

    One left by a process that had the same spool under the same run of the machine is nobody's: whoever calls
    holds the kernel's lock of that folder. Any other counts once it has not changed for `WATCH_S`.

    Processes of one `family`, those of one index, share the note: each renews it over what another wrote.
    """

    def __init__(self, wire: S3Wire, clock: Clock, boot: Boot, spool: Path, family: str = "") -> None:
        stat = spool.stat()
        self._wire = wire
        self._clock = clock
        self._lease = BucketLease(
            family or token_hex(8),
            socket.gethostname(),
            os.getpid(),
            boot().id,
            f"{stat.st_dev}:{stat.st_ino}",
            0,
        )
        self._family = family
        self._tag: str | None = None
        self._version: str | None = None
        self._trouble: Reason | None = None
        self._ours_until_ns = 0
        wire.may_write = self._is_ours

    async def take(self) -> None:
        """Raises Conflict, a sentence that names who has it; Unavailable where the store is away."""
        try:
            await asyncio.to_thread(self._require_conditions)
            tag, lease = await asyncio.to_thread(self._read)
            if tag is not None and not self._is_mine(lease):
                await self._clock.sleep(WATCH_S)
                if await asyncio.to_thread(self._read) != (tag, lease):
                    raise Conflict(self._taken((await asyncio.to_thread(self._read))[1]))
            await asyncio.to_thread(self._write, tag)
        except FileExistsError as error:
            raise Conflict(self._taken(None)) from error
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error

    async def keep(self) -> None:
        """Renew for ever. Raises Conflict once somebody else has the bucket."""
        while True:
            await self._clock.sleep(RENEW_S)
            await asyncio.to_thread(self.renew)

    def renew(self) -> None:
        """Renew once. Raises Conflict once somebody else has the bucket. Blocking."""
        try:
            try:
                self._write(self._tag)
            except FileExistsError:
                self._follow()
            self._trouble = None
        except (OSError, NotImplementedError) as error:
            self._trouble = why(
                "folder-unsure",
                "the lease of {folder} cannot be renewed: {cause}",
                folder=self._name,
                cause=cause_of(error),
            )

    def release(self) -> None:
        """Let go, as at an orderly stop. Blocking."""
        if self._tag is None:
            return
        if self._family:
            # Others of the family may live on it; one of another index waits until it has stood still.
            self._tag = None
            return
        # One that cannot be removed only keeps whoever comes next waiting.
        with suppress(OSError):
            tag, lease = self._read()
            if tag == self._tag and lease is not None and lease.owner == self._lease.owner:
                self._wire.call("delete_object", NOTE, **self._which(self._version))
        self._tag = None

    async def reason_to_refuse(self) -> Reason | None:
        """Why nothing may be destroyed: whether somebody else works in the bucket is not known."""
        if self._tag is None:
            return why("bucket-not-ours", "the bucket {bucket} is not taken yet", bucket=self._name)
        return self._trouble

    @property
    def _name(self) -> str:
        return f"{self._wire.place.bucket}/{self._wire.place.prefix}".rstrip("/")

    def _is_ours(self) -> bool:
        return self._tag is not None and self._clock.monotonic_ns() < self._ours_until_ns

    def _is_mine(self, lease: BucketLease | None) -> bool:
        if self._family:
            return lease is not None and lease.owner == self._family
        mine = (self._lease.boot_id, self._lease.folder)
        return lease is not None and bool(lease.boot_id) and (lease.boot_id, lease.folder) == mine

    def _follow(self) -> None:
        """The note is another than the last written here: perhaps a write whose answer was lost."""
        tag, lease = self._read()
        if tag is not None and (lease is None or lease.owner != self._lease.owner):
            self._tag = None
            raise Conflict(self._taken(lease))
        self._write(tag)

    def _write(self, tag: str | None) -> None:
        lease = replace(self._lease, beat=self._lease.beat + 1)
        began_ns = self._clock.monotonic_ns()
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        answer = self._wire.call("put_object", NOTE, Body=encode(lease), **condition)
        before, self._version = self._version, answer.get("VersionId")
        self._lease, self._tag = lease, str(answer["ETag"])
        self._ours_until_ns = began_ns + int(_TRUSTED_S * 1e9)
        if before is not None and before != self._version:
            self._wire.call("delete_object", NOTE, VersionId=before)

    def _read(self) -> tuple[str | None, BucketLease | None]:
        """What names the note as it is, and what it says; None where there is none, or it says nothing."""
        try:
            tag = str(self._wire.call("head_object", NOTE)["ETag"])
            return tag, decode(BucketLease, self._wire.fetch(NOTE, IfMatch=tag))
        except FileNotFoundError:
            return None, None
        except FileExistsError as error:
            raise StoreAway(errno.EAGAIN, "the lease changes just now") from error
        except BadInput:
            return tag, None

    def _require_conditions(self) -> None:
        """Without conditional writes two storages would overwrite each other unseen. Raises Conflict."""
        probe = f"{NOTE}-probe-{self._lease.owner}"
        try:
            self._wire.call("put_object", probe, Body=b"", IfNoneMatch="*")
            self._wire.call("put_object", probe, Body=b"", IfNoneMatch="*")
        except FileExistsError:
            return
        except NotImplementedError:
            pass
        finally:
            with suppress(OSError):
                S3Versions(self._wire).remove(probe)
        raise Conflict(f"the service of {self._name} has no conditional writes: it is no object store for us")

    def _which(self, version: str | None) -> dict[str, object]:
        return {} if version is None else {"VersionId": version}

    def _taken(self, lease: BucketLease | None) -> str:
        who = "another process" if lease is None else f"process {lease.pid} on {lease.host}"
        return f"another storage works in {self._name} ({who}): stop it first"
