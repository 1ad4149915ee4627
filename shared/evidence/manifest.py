"""The manifest of an export: what was asked, what there was, and the seal of every file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shared.spans import Present, Span
from shared.utc import instant_of

FORMAT = "beffroi-export-1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
READ_ME = "LISEZMOI.txt"


@dataclass(frozen=True, slots=True)
class Requisition:
    """What an export was made for: on whose requisition, by whom, and the range `asked`."""

    export: str
    reference: str
    authority: str
    requested_by: str
    asked: Span


@dataclass(frozen=True, slots=True)
class NamedCamera:
    """A camera as the manifest names it."""

    stream: str
    name: str
    place: str
    authorisation: str


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One file of a package as it was written."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SealedVideo:
    """One plain MP4: a stretch of one camera without a seam. [start_ns, end_ns) is what its samples cover.

    `incomplete` is how many of its first pictures are incomplete, 255 where as many or more.
    """

    file: SealedFile
    stream: str
    start_ns: int
    end_ns: int
    samples: int
    codec: str
    width: int
    height: int
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class CameraPart:
    """What an export has of one camera."""

    camera: NamedCamera
    present: Sequence[Present]
    gaps: Sequence[Span]
    videos: Sequence[SealedVideo]


def exact(utc_ns: int) -> str:
    """RFC 3339 with microseconds."""
    return instant_of(utc_ns).isoformat(timespec="microseconds").replace("+00:00", "Z")


def write_manifest(
    requisition: Requisition,
    parts: Sequence[CameraPart],
    documents: Sequence[SealedFile],
    *,
    made_ns: int,
    version: str,
    fingerprint: str,
) -> bytes:
    """The bytes that are signed: JSON in UTF-8."""
    manifest = {
        "format": FORMAT,
        "export": requisition.export,
        "reference": requisition.reference,
        "authority": requisition.authority,
        "requested_by": requisition.requested_by,
        "made_at": exact(made_ns),
        "software": f"Beffroi {version}",
        "key_fingerprint": fingerprint,
        "asked": {
            "start": exact(requisition.asked.start_ns),
            "end": exact(requisition.asked.end_ns),
        },
        "cameras": [_camera(part) for part in parts],
        "files": [_video(video) for part in parts for video in part.videos],
        "documents": [_file(document) for document in documents],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"


def _camera(part: CameraPart) -> dict[str, object]:
    return {
        "stream": part.camera.stream,
        "name": part.camera.name,
        "place": part.camera.place,
        "authorisation": part.camera.authorisation,
        "present": [
            {"start": exact(one.span.start_ns), "end": exact(one.span.end_ns), "run": one.run}
            for one in part.present
        ],
        "gaps": [{"start": exact(gap.start_ns), "end": exact(gap.end_ns)} for gap in part.gaps],
        "files": [video.file.name for video in part.videos],
    }


def _file(file: SealedFile) -> dict[str, object]:
    return {"name": file.name, "size": file.size, "sha256": file.sha256}


def _video(video: SealedVideo) -> dict[str, object]:
    # Told only where it is so: a camera that refreshes bit by bit has no picture that is whole by itself.
    incomplete = {"incomplete_first_pictures": video.incomplete} if video.incomplete else {}
    return (
        _file(video.file)
        | incomplete
        | {
            "stream": video.stream,
            "start": exact(video.start_ns),
            "end": exact(video.end_ns),
            "samples": video.samples,
            "codec": video.codec,
            "width": video.width,
            "height": video.height,
        }
    )
