"""The sealed export that a redacted copy is one of, as its own manifest tells it. Blocking."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import Conflict
from shared.evidence.manifest import MANIFEST, SealedVideo
from shared.evidence.zip_files import ZIP_FAULTS, OpenedZip, ZipFiles
from shared.reasons import why

_MAX_MANIFEST = 64 << 20


@dataclass(frozen=True, slots=True)
class OriginalFilm:
    """A film of it: its hash, and of each recorded segment in it the key and the hash of its part."""

    name: str
    sha256: str
    segments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Original:
    """`sha256` is that of the whole package."""

    export: str
    sha256: str
    films: tuple[OriginalFilm, ...]

    def film_of(self, native: SealedVideo) -> OriginalFilm:
        """The film that has the very pictures of this one. Raises Conflict where there is none."""
        parts = segments_of(native)
        found = next((film for film in self.films if film.segments == parts), None)
        if found is None:
            raise Conflict(
                why(
                    "redaction-other-footage",
                    "export {id} has other pictures than its redacted copy would: order the same camera and"
                    " range, or name no original",
                    id=self.export,
                )
            )
        return found


def segments_of(film: SealedVideo) -> tuple[tuple[str, str], ...]:
    """As an original's film has them."""
    return tuple((one.recorded, one.sha256) for one in film.segments)


def read_original(opened: Callable[[], io.RawIOBase], export: str, sha256: str, stream: str) -> Original:
    """What the package tells of the films of a stream. Raises Conflict where it cannot be read."""
    try:
        with OpenedZip(opened()) as file:
            manifest = json.loads(ZipFiles(file).read(MANIFEST, _MAX_MANIFEST))
        films = tuple(
            OriginalFilm(
                str(film["name"]),
                str(film["sha256"]),
                tuple((str(one["recorded"]), str(one["sha256"])) for one in film["segments"]),
            )
            for film in manifest["files"]
            if film["stream"] == stream
        )
        redacted = "redaction" in manifest
    except (*ZIP_FAULTS, TypeError, RecursionError) as error:
        raise unread(export) from error
    if redacted:
        raise unread(export)
    return Original(export, sha256, films)


def unread(export: str) -> Conflict:
    """Why an export cannot be named as the original of a redacted copy."""
    return Conflict(
        why(
            "redaction-original-unread",
            "export {id} cannot be the original: it is encrypted to its recipient, is redacted itself,"
            " or its package is gone",
            id=export,
        )
    )
