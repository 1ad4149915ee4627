"""Names of streams. A stream is one kind of picture of one camera of one commune."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import BadInput

COMMUNE_PATTERN = r"[0-9][0-9AB][0-9]{3}"
CAMERA_PATTERN = r"[a-z0-9][a-z0-9-]{0,39}"
_SHOWN_CHARS = 60
_COMMUNE = re.compile(COMMUNE_PATTERN)
_CAMERA = re.compile(CAMERA_PATTERN)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…")


class StreamKind(StrEnum):
    """Which of a camera's streams: the full picture or the small one."""

    MAIN = "main"
    SUB = "sub"

    # Streams are looked up for each picture, and an enum's own is in Python.
    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True, order=True)
class StreamId:
    """`commune/camera/kind`: INSEE (or INS) code, camera id, kind. Raises BadInput on anything else."""

    commune: str
    camera: str
    kind: StreamKind = StreamKind.MAIN

    def __post_init__(self) -> None:
        if not _COMMUNE.fullmatch(self.commune):
            raise BadInput(
                f"commune code {_shown(self.commune)} is not five characters of the INSEE form", "commune"
            )
        if not _CAMERA.fullmatch(self.camera):
            raise BadInput(f"camera id {_shown(self.camera)} is not of the form {CAMERA_PATTERN}", "camera")

    def __str__(self) -> str:
        return f"{self.commune}/{self.camera}/{self.kind}"

    @property
    def camera_path(self) -> str:
        """`commune/camera`: the camera whose stream this is."""
        return f"{self.commune}/{self.camera}"

    @classmethod
    def parse(cls, text: str) -> "StreamId":
        """The stream that `str()` wrote. Raises BadInput."""
        parts = text.split("/")
        if len(parts) != 3:
            raise BadInput(f"stream {_shown(text)} is not of the form commune/camera/kind", "stream")
        commune, camera, kind = parts
        try:
            return cls(commune, camera, StreamKind(kind))
        except ValueError as error:
            raise BadInput(f"stream {_shown(text)} ends neither in main nor in sub", "stream") from error
