"""What a signed manifest tells of the files of its export."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from shared.evidence.manifest import FORMAT, FORMATS


@dataclass(frozen=True, slots=True)
class ToldSegment:
    """A part of a film, as `SealedSegment` has it; its times are text."""

    time90: int
    offset: int
    size: int
    sha256: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class ToldFilm:
    """A film as it was written."""

    name: str
    size: int
    sha256: str
    stream: str
    certificate: str
    segments: tuple[ToldSegment, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """All files, and those that are films with a seal; an export of the first format has none of these.

    `redacted` says of what it is a redacted copy, empty where its pictures are as they were recorded.
    """

    digests: Mapping[str, str]
    films: tuple[ToldFilm, ...]
    without_proof: tuple[str, ...]
    redacted: str = ""


def read_told(raw: bytes) -> Told | None:
    """What a manifest tells, None where it is none of ours."""
    try:
        manifest = json.loads(raw)
        if manifest["format"] not in FORMATS:
            return None
        digests = {
            str(entry["name"]): str(entry["sha256"]) for entry in (*manifest["files"], *manifest["documents"])
        }
        if manifest["format"] != FORMAT:
            return Told(digests, (), ())
        return Told(
            digests,
            tuple(_film(entry) for entry in manifest["files"]),
            tuple(str(one["name"]) for one in manifest["cameras"] if not one["proofs_of_capture"]),
            _redacted(manifest.get("redaction")),
        )
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None


def read_fingerprint(raw: bytes) -> str | None:
    """Of the key that a manifest says it was signed with, None where it says none."""
    try:
        fingerprint = json.loads(raw)["key_fingerprint"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return fingerprint if isinstance(fingerprint, str) else None


def _redacted(told: object) -> str:
    if told is None:
        return ""
    if not isinstance(told, dict):
        raise TypeError("what is redacted is told by name")
    of = told["original"]
    original = f"export {of['export']} (SHA-256 {of['sha256']})" if of else "recordings that no export seals"
    return (
        f"redacted copy of {original}: {_whole(told['masks'])} masks burnt into pictures coded anew,"
        f" asked by {told['requested_by']}"
    )


def _film(entry: Mapping[str, object]) -> ToldFilm:
    segments = entry["segments"]
    if not isinstance(segments, list):
        raise TypeError("segments are a list")
    return ToldFilm(
        str(entry["name"]),
        _whole(entry["size"]),
        str(entry["sha256"]),
        str(entry["stream"]),
        str(entry["certificate"]),
        tuple(_segment(one) for one in segments),
    )


def _segment(one: Mapping[str, object]) -> ToldSegment:
    return ToldSegment(
        _whole(one["time90"]),
        _whole(one["offset"]),
        _whole(one["size"]),
        str(one["sha256"]),
        str(one["start"]),
        str(one["end"]),
    )


def _whole(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("a size is a whole number")
    return value
