"""What a signed manifest tells of the files of its export."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from shared.evidence.manifest import FORMAT, FORMATS
from shared.spans import Span
from shared.utc import ns_from_text


@dataclass(frozen=True, slots=True)
class ToldSegment:
    """A part of a film, as `SealedSegment` has it; its times are text."""

    time90: int
    offset: int
    size: int
    sha256: str
    start: str
    end: str
    recorded: str = ""
    whole: bool = False
    head: bytes = b""


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
class ToldCamera:
    """What is said of a camera's captures: the file of its register, the SHA-256 of recorded segments by key,
    and why some that lie in the range asked are in no film, by key."""

    stream: str
    name: str
    register: str
    recorded: Mapping[str, str]
    left_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """All files, and those that are films with a seal; an export of the first format has none of these.

    `redacted` says of what it is a redacted copy, empty where its pictures are as they were recorded.
    """

    digests: Mapping[str, str]
    films: tuple[ToldFilm, ...]
    cameras: tuple[ToldCamera, ...]
    asked: Span
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
            return Told(digests, (), (), Span(0, 0))
        return Told(
            digests,
            tuple(_film(entry) for entry in manifest["files"]),
            tuple(_camera(one) for one in manifest["cameras"]),
            Span(ns_from_text(manifest["asked"]["start"]), ns_from_text(manifest["asked"]["end"])),
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
        str(one.get("recorded", "")),
        one.get("whole") is True,
        b64decode(str(one.get("recorded_head", "")), validate=True),
    )


def _camera(one: Mapping[str, object]) -> ToldCamera:
    proofs = _members(one["proofs_of_capture"])
    return ToldCamera(
        str(one["stream"]),
        str(one["name"]),
        str(proofs.get("register", "")),
        {key: str(sha256) for key, sha256 in _members(proofs.get("recorded", {})).items()},
        {key: str(cause) for key, cause in _members(proofs.get("left_out", {})).items()},
    )


def _members(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object is expected")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("a size is a whole number")
    return value
