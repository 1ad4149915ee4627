"""Where each process has its spool: one alone in the folder itself, several each in a folder in it."""

from pathlib import Path

_PREFIX = "process-"


class SpoolFolders:
    """`name` is that of this process, empty where it is alone."""

    def __init__(self, root: Path, name: str) -> None:
        self.root = root
        self._name = name
        self.own = root / f"{_PREFIX}{name}" if name else root

    @property
    def is_shared(self) -> bool:
        """Whether this is one of several processes."""
        return bool(self._name)

    def others(self) -> list[Path]:
        """The folders of other processes of this machine, running or not. Raises OSError. Blocking."""
        named = [path for path in self.root.glob(f"{_PREFIX}*") if path != self.own]
        return [*sorted(named), *([self.root] if self._name else [])]

    def all(self) -> list[Path]:
        """This process's own, then the others'. Raises OSError. Blocking."""
        return [self.own, *self.others()]

    def name_of(self, folder: Path) -> str:
        """The name of the process whose folder it is."""
        return "" if folder == self.root else folder.name.removeprefix(_PREFIX)
