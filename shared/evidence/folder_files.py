"""The files of a package that was unpacked."""

import hashlib
import io
import os
from pathlib import Path

from shared.evidence.film_reading import Stream


class FolderFiles:
    """Reads as `ZipFiles` does. Raises OSError."""

    stray_bytes: str | None = None

    def __init__(self, root: Path) -> None:
        self._root = root
        self.names = [
            path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if not path.is_dir()
        ]

    def read(self, name: str, limit: int) -> bytes:
        path = self._root / name
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(limit)

    def digest(self, name: str) -> str | None:
        """SHA-256 of a file, None where it is none."""
        path = self._root / name
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def size(self, name: str) -> int:
        return (self._root / name).stat().st_size

    def open(self, name: str) -> Stream:
        """A file from its start; one that is no file, such as a pipe, is empty."""
        path = self._root / name
        return _Opened(path) if path.is_file() else io.BytesIO()


class _Opened:
    """A file that is closed when it is let go: whoever reads it as a stream knows nothing of files."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def read(self, size: int, /) -> bytes:
        return os.read(self._descriptor, size)

    def __del__(self) -> None:
        os.close(self._descriptor)
