"""The files of the spool and of its quarantine, by name, for whoever judges how old their footage is."""

from dataclasses import dataclass
from pathlib import Path

from storage.model.segment import key_of_spool_name
from storage.recording.quarantine import Quarantine
from storage.recording.spool import Spool


@dataclass(frozen=True, slots=True)
class LeftFile:
    """`key` is that of its segment, None where the file was set aside."""

    name: str
    key: str | None


class LeftFiles:
    """Every call blocks, and may raise OSError."""

    def __init__(self, spool: Spool, quarantine: Quarantine) -> None:
        self._spool = spool
        self._quarantine = quarantine

    def all(self) -> list[LeftFile]:
        """What was set aside, then what is in the spool, growing or not."""
        aside = [LeftFile(path.name, None) for path in self._quarantine.files()]
        names = sorted(path.name for path in self._spool.folder.glob("*.mp4"))
        return [*aside, *(LeftFile(name, key_of_spool_name(name)) for name in names)]

    def written_ns(self, file: LeftFile) -> int | None:
        """The UTC of a file's last byte, None where it is gone."""
        try:
            return self._path(file).stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def remove(self, file: LeftFile) -> None:
        """Remove a file; one that is gone is no error."""
        self._spool.disk.remove(self._path(file))

    def count(self) -> None:
        """Tell metrics and health how much is set aside."""
        self._quarantine.count()

    def _path(self, file: LeftFile) -> Path:
        return (self._quarantine.folder if file.key is None else self._spool.folder) / file.name
