"""What one data key is for: the footage of a camera and a UTC day."""

import re
from dataclasses import dataclass
from functools import lru_cache

from shared.errors import BadInput
from shared.ids import StreamId

CENTRE = "centre"
"""In place of a commune: the owner of objects whose key names no camera."""

_DAY = re.compile(r"\d{8}")
_FOLDER = ".keys"


@dataclass(frozen=True, slots=True)
class Scope:
    """`camera` and `day` (YYYYMMDD) are empty for what is no camera's; that of `commune` is CENTRE then."""

    commune: str
    camera: str = ""
    day: str = ""

    @property
    def note(self) -> str:
        """The name of the note that keeps its data key."""
        return f"{_FOLDER}/{self.commune}~{self.camera}~{self.day}"

    @property
    def camera_prefix(self) -> str:
        """What the keys of its objects begin with; the stream and the day follow."""
        return f"{self.commune}/{self.camera}/"

    def __str__(self) -> str:
        if not self.camera:
            return "objects of no camera"
        return f"camera {self.commune}/{self.camera} of {self.day[:4]}-{self.day[4:6]}-{self.day[6:]}"


UNDATED = Scope(CENTRE)


def scope_of(key: str) -> Scope:
    """The scope of an object's key."""
    folder, _, _ = key.rpartition("/")
    return _of_folder(folder)


def scope_of_note(name: str) -> Scope | None:
    """The scope whose data key a note keeps, None where it keeps none."""
    folder, _, rest = name.partition("/")
    parts = rest.split("~")
    if folder != _FOLDER or len(parts) != 3:
        return None
    scope = Scope(*parts)
    known = scope == UNDATED or _of_folder(f"{scope.commune}/{scope.camera}/main/{scope.day}") == scope
    return scope if known else None


def notes_folder() -> str:
    """The folder of all notes that keep data keys."""
    return _FOLDER


@lru_cache(maxsize=1000)
def _of_folder(folder: str) -> Scope:
    stream, _, day = folder.rpartition("/")
    if not _DAY.fullmatch(day):
        return UNDATED
    try:
        found = StreamId.parse(stream)
    except BadInput:
        return UNDATED
    return Scope(found.commune, found.camera, day)
