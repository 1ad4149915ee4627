"""The manifest of an export: what was asked, what there was, and the seal of every file."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.gap_causes import GapCause
from shared.spans import Present, Span
from shared.utc import instant_of

FORMAT = "beffroi-export-2"
FORMATS = ("beffroi-export-1", FORMAT)
"""All that can be verified: the first had a plain MP4 for each stretch, without a seal of its own."""
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
READ_ME = "LISEZMOI.txt"
CERTIFICATE = "certificat.pem"
EVIDENCE_KEY = "cle-publique.pem"
REPORT = "RAPPORT.pdf"
PLAYER = "LECTEUR.html"


@dataclass(frozen=True, slots=True)
class Requisition:
    """What an export was made for: on whose requisition, by whom, and the range `asked`.

    `more` is what else the order said of the requisition, as it is to stand in the manifest.
    """

    export: str
    reference: str
    authority: str
    requested_by: str
    asked: Span
    more: Mapping[str, object] = field(default_factory=dict)


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
class SealedSegment:
    """What a film has of one recorded segment: its bytes [offset, offset + size), to place an attack.

    `time90` is the media time of its first picture in the film; `whole` tells whether no picture of it is
    left out; `incomplete` as the film has it. `head` is what stood in front of its fragments, empty where
    the recorded file cannot be made again from the film.
    """

    recorded: str
    run: int
    start_ns: int
    end_ns: int
    time90: int
    offset: int
    size: int
    sha256: str
    samples: int
    whole: bool
    incomplete: int
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class SealedVideo:
    """One film: what one set-up of a decoder plays of one camera, gaps included.

    Its pictures lie within [start_ns, end_ns), each at its UTC. `incomplete` is how many of the first are
    incomplete, 255 where as many or more. `certificate` is the fingerprint of the one that sealed it.
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
    segments: tuple[SealedSegment, ...] = ()
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span asked of which the export has nothing."""

    span: Span
    cause: GapCause


@dataclass(frozen=True, slots=True)
class CameraPart:
    """What an export has of one camera. `wall_sources` tell where the UTC of its pictures came from.

    `proofs` name the register that was signed at capture, and what it says of the segments; empty where there
    is none.
    `wrong_ns` is how far the UTC of its pictures is wrong at most, None where that is not known of all.
    `redacted`: boxes of its pictures were covered by the centre.
    """

    camera: NamedCamera
    present: Sequence[Present]
    gaps: Sequence[Gap]
    videos: Sequence[SealedVideo]
    wall_sources: Sequence[str] = ()
    proofs: Mapping[str, object] = field(default_factory=dict)
    redacted: bool = False
    wrong_ns: int | None = None


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
    certificate: str = "",
    redaction: Mapping[str, object] | None = None,
) -> bytes:
    """The bytes that are signed: JSON in UTF-8. `certificate` is the fingerprint of the one of the films.

    `redaction` is what there is to say of a redacted copy.
    """
    manifest = {
        "format": FORMAT,
        "export": requisition.export,
        "requisition": {
            "reference": requisition.reference,
            "authority": requisition.authority,
            "requested_by": requisition.requested_by,
            **requisition.more,
        },
        "made_at": exact(made_ns),
        "software": f"Beffroi {version}",
        "key_fingerprint": fingerprint,
        "certificate_fingerprint": certificate,
        "asked": {
            "start": exact(requisition.asked.start_ns),
            "end": exact(requisition.asked.end_ns),
        },
        "cameras": [_camera(part) for part in parts],
        "files": [_video(video) for part in parts for video in part.videos],
        "documents": [_file(document) for document in documents],
    }
    if redaction is not None:
        manifest["redaction"] = dict(redaction)
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
        "gaps": [
            {"start": exact(gap.span.start_ns), "end": exact(gap.span.end_ns), "cause": gap.cause.value}
            for gap in part.gaps
        ],
        "clock": {
            "utc_from": list(part.wall_sources),
            # Not kept with the recordings: said so, rather than a nought that nobody measured.
            "offset_s": None,
            "uncertainty_s": None if part.wrong_ns is None else round(part.wrong_ns / 1e9, 6),
        },
        "masks": {"by_centre": "burnt-in" if part.redacted else "none", "in_camera": "unknown"},
        "proofs_of_capture": dict(part.proofs),
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
            "certificate": video.certificate,
            "segments": [_segment(one) for one in video.segments],
        }
    )


def _segment(one: SealedSegment) -> dict[str, object]:
    incomplete: dict[str, object] = {"incomplete_first_pictures": one.incomplete} if one.incomplete else {}
    head: dict[str, object] = {"recorded_head": b64encode(one.head).decode()} if one.head else {}
    return (incomplete | head) | {
        "recorded": one.recorded,
        "run": one.run,
        "start": exact(one.start_ns),
        "end": exact(one.end_ns),
        "time90": one.time90,
        "offset": one.offset,
        "size": one.size,
        "sha256": one.sha256,
        "samples": one.samples,
        "whole": one.whole,
    }
