"""Keeps packages sealed while they wait to be collected, each under a key of its own that dies with it.

The key is in a file beside the package, in an envelope that the centre's footage key opens. What is
encrypted to a recipient already needs no other seal. Every call blocks.
"""

import errno
import io
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.envelope import BrokenEnvelope, Key, WrongKey, unwrapped, wrapped
from storage.objects.sealing.faults import KeyAway, SealBroken
from storage.objects.sealing.scope import CENTRE, UNDATED
from storage.objects.sealing.stream import (
    HEAD_BYTES,
    ID_BYTES,
    Broken,
    Opener,
    head_of,
    sealed,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KEY = ".key"


class PackageSafe:
    """Without `keys` nothing is sealed, and what is cannot be read."""

    def __init__(self, keys: DataKeys | None) -> None:
        self._keys = keys

    @property
    def seals(self) -> bool:
        return self._keys is not None

    def sealed(self, source: BinaryIO, package: Path) -> tuple[BinaryIO, bytes]:
        """What `source` gives, as it is to be kept as `package`, and the envelope to `keep` first.

        A source that cannot be sought is read once. Raises OSError, Unavailable.
        """
        assert self._keys is not None
        key = Key.made()
        envelope = wrapped(key, self._keys.current(CENTRE), _bound(package))
        return sealed(key.secret, key.thumbprint[:ID_BYTES], _bound(package), source), envelope

    def keep(self, package: Path, envelope: bytes) -> None:
        """Put the key of a package that is to be there beside it, lasting. Raises OSError."""
        _write(package.with_suffix(KEY), envelope)

    def opened(self, package: Path) -> io.RawIOBase:
        """A package to be read as it was made. Raises OSError: KeyAway, SealBroken."""
        file = io.FileIO(package)
        try:
            head = head_of(file.read(HEAD_BYTES), os.fstat(file.fileno()).st_size)
            if head is None:
                file.seek(0)
                return file
            return _Opened(file, Opener(self._key(package).secret, _bound(package), head))
        except (Broken, IndexError) as error:
            file.close()
            raise SealBroken(UNDATED, f"package {package.name}: {error}") from error
        except OSError:
            file.close()
            raise

    def size(self, package: Path) -> int:
        """How long a package is as it was made. Raises OSError."""
        with package.open("rb") as file:
            stored = os.fstat(file.fileno()).st_size
            try:
                head = head_of(file.read(HEAD_BYTES), stored)
            except (Broken, IndexError) as error:
                raise SealBroken(UNDATED, f"package {package.name}: {error}") from error
            return stored if head is None else head.size

    def _key(self, package: Path) -> Key:
        if self._keys is None:
            raise KeyAway(f"package {package.name} cannot be opened: no folder of footage keys is set")
        envelope = package.with_suffix(KEY).read_bytes()
        try:
            return unwrapped(envelope, self._keys.communes.all(CENTRE), _bound(package))
        except WrongKey as error:
            folder = self._keys.communes.folder
            raise KeyAway(
                f"package {package.name} cannot be opened: the centre's footage key is not in {folder}"
            ) from error
        except BrokenEnvelope as error:
            raise SealBroken(UNDATED, f"package {package.name}: its key cannot be used, {error}") from error


class _Opened(io.RawIOBase):
    """Reads as what was sealed."""

    def __init__(self, file: io.FileIO, opener: Opener) -> None:
        self._file = file
        self._opener = opener
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._opener.head.size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._at = base + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")
        size = min(len(target), self._opener.head.size - self._at)
        if size <= 0:
            return 0
        numbers = self._opener.numbers(self._at, size)
        at, stored = self._opener.place(numbers)
        try:
            opened = self._opener.open(numbers, os.pread(self._file.fileno(), stored, at))
        except Broken as error:
            raise SealBroken(UNDATED, f"package {self._file.name!s}: {error}") from error
        data = self._opener.cut(opened, numbers, self._at, size)
        target[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _bound(package: Path) -> str:
    """What a package is sealed as: under another name nothing opens."""
    return f"package/{package.name}"


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; its name lasts with the package's."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
