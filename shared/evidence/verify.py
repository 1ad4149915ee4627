"""Verifies an export offline, with nothing but the package and the public evidence key."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from shared.evidence.manifest import FORMAT, MANIFEST, SIGNATURE
from shared.evidence.signature import EvidencePublicKey
from shared.evidence.zip_files import ZIP_FAULTS, OpenedZip, ZipFiles

_MAX_MANIFEST = 64 << 20


class Finding(StrEnum):
    """What verification found, worst first: one of these names the verdict."""

    SOUND = "sound"
    NOT_AN_EXPORT = "not-an-export"
    WRONG_KEY = "wrong-key"
    ALTERED_MANIFEST = "altered-manifest"
    ALTERED_FILE = "altered-file"
    MISSING_FILE = "missing-file"
    EXTRA_FILE = "extra-file"
    EXTRA_BYTES = "extra-bytes"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`finding` is the gravest; the lists name every file concerned; `detail` is one sentence.

    `fingerprint` is that of the key it was checked with.
    """

    finding: Finding
    detail: str
    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    fingerprint: str = ""

    @property
    def sound(self) -> bool:
        return self.finding is Finding.SOUND


class _Files(Protocol):
    """The files of a package, by name."""

    names: list[str]
    stray_bytes: str | None
    """Where there are bytes that belong to no file, in words."""

    def read(self, name: str, limit: int) -> bytes: ...

    def digest(self, name: str) -> str | None:
        """SHA-256 of a file, None where its bytes cannot even be read."""
        ...


def verify(package: Path, public_key_pem: bytes) -> Verdict:
    """Check the zip, or the folder it was unpacked to. Raises BadInput on a key that is none, OSError."""
    key = EvidencePublicKey.from_pem(public_key_pem)
    try:
        with _opened(package) as files:
            verdict = _verdict(files, key)
    except ZIP_FAULTS:
        verdict = Verdict(Finding.NOT_AN_EXPORT, "this is no export, or a zip that was cut")
    return replace(verdict, fingerprint=key.fingerprint)


def _verdict(files: _Files, key: EvidencePublicKey) -> Verdict:
    present = Counter(files.names)
    if not present[MANIFEST]:
        return Verdict(Finding.NOT_AN_EXPORT, f"there is no {MANIFEST}: this is not an export")
    raw = files.read(MANIFEST, _MAX_MANIFEST)
    signature = files.read(SIGNATURE, 1024) if present[SIGNATURE] else None
    if signature is None:
        detail = f"{SIGNATURE} is missing: nothing vouches for this export"
        return Verdict(Finding.MISSING_FILE, detail, missing=(SIGNATURE,))
    told = _sealed_files(raw)
    if not key.has_signed(raw, signature):
        return _unsigned(raw, key)
    if told is None:
        return Verdict(Finding.NOT_AN_EXPORT, "what is signed is not the manifest of an export")
    return _compared(files, present, told)


def _unsigned(raw: bytes, key: EvidencePublicKey) -> Verdict:
    """The signature does not fit: another key, or another manifest."""
    try:
        fingerprint = json.loads(raw)["key_fingerprint"]
    except (ValueError, KeyError, TypeError, RecursionError):
        fingerprint = None
    if isinstance(fingerprint, str) and fingerprint != key.fingerprint:
        detail = f"the export was signed with the key {fingerprint}, this key is {key.fingerprint}"
        return Verdict(Finding.WRONG_KEY, detail)
    return Verdict(Finding.ALTERED_MANIFEST, f"{MANIFEST} or its signature has been altered", (MANIFEST,))


def _sealed_files(raw: bytes) -> dict[str, str] | None:
    """Names and digests that a manifest vouches for, None where it is no manifest of ours."""
    try:
        manifest = json.loads(raw)
        if manifest["format"] != FORMAT:
            return None
        listed = [*manifest["files"], *manifest["documents"]]
        return {str(entry["name"]): str(entry["sha256"]) for entry in listed}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _compared(files: _Files, present: Counter[str], told: dict[str, str]) -> Verdict:
    missing = tuple(sorted(name for name in told if not present[name]))
    known = {*told, MANIFEST, SIGNATURE}
    extra = tuple(sorted(name for name, count in present.items() if name not in known or count > 1))
    altered = tuple(
        sorted(name for name, digest in told.items() if present[name] and files.digest(name) != digest)
    )
    for finding, names, words in (
        (Finding.ALTERED_FILE, altered, "altered"),
        (Finding.MISSING_FILE, missing, "missing"),
        (Finding.EXTRA_FILE, extra, "not part of the export"),
    ):
        if names:
            return Verdict(finding, f"{words}: {', '.join(names)}", altered, missing, extra)
    if files.stray_bytes is not None:
        return Verdict(Finding.EXTRA_BYTES, f"not part of the export: {files.stray_bytes}")
    return Verdict(Finding.SOUND, f"sound: {len(told)} files are as they were signed")


@contextmanager
def _opened(package: Path) -> Iterator[_Files]:
    if package.is_dir():
        yield _Folder(package)
        return
    # Opened here, so that a file that cannot be read is told apart from one that is no zip.
    with OpenedZip(package) as file:
        yield ZipFiles(file)


class _Folder:
    stray_bytes: str | None = None

    def __init__(self, root: Path) -> None:
        self._root = root
        self.names = [
            path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if not path.is_dir()
        ]

    def read(self, name: str, limit: int) -> bytes:
        path = self._root / name
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(limit)

    def digest(self, name: str) -> str | None:
        path = self._root / name
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
