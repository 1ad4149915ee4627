"""What becomes of a package that is written: encrypted to its recipient, or sealed, hashed, made to last."""

import hashlib
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from storage.exports.envelope import Recipient, envelope
from storage.exports.safe import PackageSafe

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 4 << 20


class Closing:
    """`recipient` is the PEM of who alone may open it, empty for the safe's own seal.

    `check` is called between parts, and may raise what ends the work. Blocking.
    """

    def __init__(self, recipient: str, safe: PackageSafe, check: Callable[[], None]) -> None:
        self._recipient = recipient
        self._safe = safe
        self._check = check

    def close(self, plain: Path, incoming: Path, target: Path, pool: ThreadPoolExecutor) -> tuple[str, int]:
        """Put what `plain` has at `target` by way of `incoming`: SHA-256 and size of what is handed over.

        Raises OSError, Unavailable.
        """
        if self._recipient:
            self._encrypt(plain, incoming)
        elif not self._safe.seals:
            os.replace(plain, incoming)
        envelope: bytes | None = None
        if self._recipient or not self._safe.seals:
            told = self._kept(incoming, pool), incoming.stat().st_size
        else:
            told, envelope = self._sealed(plain, incoming, target)
        # Where another process makes it meanwhile, neither its package nor its key gives way.
        self._check()
        if envelope is not None:
            self._safe.keep(target, envelope)
        os.replace(incoming, target)
        _make_last(target.parent)
        return told

    def _encrypt(self, plain: Path, incoming: Path) -> None:
        recipient = Recipient.from_pem(self._recipient)
        with plain.open("rb") as source, incoming.open("wb") as file:
            for part in envelope(source, recipient):
                file.write(part)
                self._check()

    def _sealed(self, plain: Path, incoming: Path, target: Path) -> tuple[tuple[str, int], bytes]:
        """SHA-256 and size of what was sealed, and the envelope of its key."""
        with plain.open("rb", buffering=0) as source, incoming.open("wb") as file:
            hashing = _Hashing(source)
            parts, envelope = self._safe.sealed(io.BufferedReader(hashing, _CHUNK), target)
            while part := parts.read(_CHUNK):
                file.write(part)
                self._check()
            file.flush()
            os.fsync(file.fileno())
        return (hashing.digest.hexdigest(), hashing.size), envelope

    def _kept(self, incoming: Path, pool: ThreadPoolExecutor) -> str:
        """The SHA-256 of the package, taken while the disk makes it last."""
        digest = hashlib.sha256()
        with incoming.open("rb") as file:
            lasting = pool.submit(os.fsync, file.fileno())
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                self._check()
            lasting.result()
        return digest.hexdigest()


class _Hashing(io.RawIOBase):
    """Reads a file once, and keeps the SHA-256 and size of what was read."""

    def __init__(self, source: io.FileIO) -> None:
        self._source = source
        self.digest = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")
        count = self._source.readinto(target) or 0
        self.digest.update(target[:count])
        self.size += count
        return count


def _make_last(folder: Path) -> None:
    """Let the names in a folder survive a power cut. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
