"""The files of the spool, of its quarantine and of what arrives from edges, by name, for whoever judges how
old their footage is."""

from dataclasses import dataclass
from pathlib import Path

from storage.model.segment import key_of_spool_name
from storage.recording.quarantine import FOLDER, Quarantine
from storage.recording.spool import Spool

ARRIVING = "arriving"
"""Folder of the spool with what edges send and is not whole."""


@dataclass(frozen=True, slots=True)
class LeftFile:
    """`key` is that of its segment, None where the file was set aside or is not whole; `path` may be in the
    spool of another process."""

    name: str
    key: str | None
    path: Path


class LeftFiles:
    """Every call blocks, and may raise OSError."""

    def __init__(self, spool: Spool, quarantine: Quarantine) -> None:
        self._spool = spool
        self._quarantine = quarantine

    def all(self) -> list[LeftFile]:
        """What was set aside, what arrives, then what is in the spool, growing or not; then the same of other
        processes."""
        arriving = sorted((self._spool.folder / ARRIVING).glob("*"))
        aside = (*self._quarantine.files(), *arriving)
        found = [*(LeftFile(path.name, None, path) for path in aside), *_spooled(self._spool.folder)]
        for folder in self._spool.others():
            apart = (*sorted((folder / FOLDER).glob("*")), *sorted((folder / ARRIVING).glob("*")))
            found += [*(LeftFile(path.name, None, path) for path in apart), *_spooled(folder)]
        return found

    def written_ns(self, file: LeftFile) -> int | None:
        """The UTC of a file's last byte, None where it is gone."""
        try:
            return file.path.stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def remove(self, file: LeftFile) -> None:
        """Remove a file; one that is gone is no error."""
        self._spool.disk.remove(file.path)

    def count(self) -> None:
        """Tell metrics and health how much is set aside."""
        self._quarantine.count()


def _spooled(folder: Path) -> list[LeftFile]:
    return [LeftFile(path.name, key_of_spool_name(path.name), path) for path in sorted(folder.glob("*.mp4"))]
