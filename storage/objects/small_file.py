"""Small files beside the objects: written whole or not at all, safe from a power cut."""

from pathlib import Path

from storage.objects.disk import Disk


def write_small(disk: Disk, path: Path, text: str) -> None:
    """Put `text` in place of what the file held. One writer a file. Raises OSError. Blocking."""
    incoming = path.with_name(f"{path.name}.tmp")
    incoming.write_text(text, encoding="utf-8")
    disk.sync(incoming)
    disk.replace(incoming, path)
    disk.sync(path.parent)


def read_small(path: Path) -> str | None:
    """What the file holds, None where there is none. Raises OSError. Blocking."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def remove_small(disk: Disk, path: Path) -> None:
    """Remove the file for good; one that is not there is no error. Raises OSError. Blocking."""
    if path.exists():
        disk.remove(path)
        disk.sync(path.parent)
