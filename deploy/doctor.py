"""`beffroi doctor`: what is missing or misconfigured, each in one sentence with its cure."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

import control_room
from deploy.installation import refuse_full_disk
from deploy.ports import Ports, refuse_taken
from shared.errors import BeffroiError
from shared.settings import load
from storage.objects.compose import s3_place
from storage.objects.folder_locks import FolderLocks
from storage.objects.locks import LockKind
from storage.objects.s3_abilities import abilities
from storage.objects.s3_wire import S3Wire
from storage.settings import BucketSettings

_UDP_SEGMENT = 103


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what was found."""

    verdict: Verdict
    what: str


def examine(data_dir: Path, base_port: int, muxes: int = 1) -> Iterator[Finding]:
    """Look at everything a start needs, one finding each."""
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        _packages,
        _page,
        lambda: _guarded("disk space", lambda: _disk(data_dir)),
        lambda: _guarded("ports", lambda: refuse_taken(Ports.from_base(base_port, muxes), host="127.0.0.1")),
        lambda: _secrets(data_dir),
        _segmentation,
        _ffprobe,
    )
    for check in checks:
        yield check()
    yield from _store(data_dir)
    yield _encryption(data_dir)


def _guarded(what: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except BeffroiError as error:
        return Finding(Verdict.WRONG, error.detail)
    return Finding(Verdict.OK, what)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(Verdict.OK, f"Python {version}")


def _packages() -> Finding:
    missing = []
    for line in metadata.requires("beffroi") or []:
        name = line.split(";")[0].split("[")[0].split(">")[0].split("=")[0].strip()
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(Verdict.WRONG, f"packages are missing: {', '.join(missing)}; run make setup")
    return Finding(Verdict.OK, "Python packages")


def _page() -> Finding:
    index = Path(control_room.__file__).parent / "web" / "dist" / "index.html"
    if index.is_file():
        return Finding(Verdict.OK, "the page is built")
    return Finding(Verdict.WRONG, "the page is not built: run make web (it needs Node.js 20 and npm)")


def _disk(data_dir: Path) -> None:
    folder = data_dir
    while not folder.exists():
        folder = folder.parent
    refuse_full_disk(folder)


def _secrets(data_dir: Path) -> Finding:
    folder = data_dir / "secrets"
    if not folder.exists():
        return Finding(Verdict.OK, f"no secrets yet in {folder}: the first start makes them")
    readable = [file.name for file in folder.rglob("*") if file.is_file() and file.stat().st_mode & 0o077]
    if readable:
        return Finding(
            Verdict.WRONG,
            f"others may read {', '.join(sorted(readable))} in {folder}: chmod -R go-rwx {folder}",
        )
    return Finding(Verdict.OK, f"secrets in {folder}")


def _store(data_dir: Path) -> Iterator[Finding]:
    """What keeps the recordings: what it can, and what is missing."""
    try:
        settings = load(BucketSettings)
        if not settings.s3_url:
            folder = data_dir / "storage" / "objects"
            if folder.is_dir():
                yield _folder_locks(FolderLocks(folder).kind())
            return
        place = s3_place(settings)
        if place.credentials_file.exists() and place.credentials_file.stat().st_mode & 0o077:
            yield Finding(
                Verdict.WRONG, f"object store: others may read {place.credentials_file}: chmod go-rwx it"
            )
        for ability in abilities(S3Wire(place, time.monotonic_ns)):
            wrong = Verdict.WRONG if ability.needed else Verdict.WARNING
            yield Finding(Verdict.OK if ability.well else wrong, f"object store: {ability.what}")
    except BeffroiError as error:
        yield Finding(Verdict.WRONG, f"object store: {error.detail}")
    except OSError as error:
        yield Finding(Verdict.WRONG, f"object store: {error.strerror or error}")


def _encryption(data_dir: Path) -> Finding:
    chosen = os.environ.get("BEFFROI_FOOTAGE_KEY_DIR")
    folder = Path(chosen) if chosen else data_dir / "secrets" / "footage-keys"
    if folder.is_dir() or not (data_dir / "secrets").exists():
        return Finding(
            Verdict.OK, f"recordings are encrypted; without a copy of {folder} elsewhere they end with it"
        )
    return Finding(Verdict.WARNING, f"recordings are not encrypted: make the folder {folder} for that")


def _folder_locks(kind: LockKind) -> Finding:
    if kind is LockKind.IMMUTABLE:
        return Finding(Verdict.OK, "object store: a folder, what is held is immutable")
    return Finding(
        Verdict.WARNING,
        "object store: a folder that cannot make files immutable (that takes CAP_LINUX_IMMUTABLE and a file "
        "system with that flag): what is held is read-only, and kept by Beffroi alone",
    )


def _segmentation() -> Finding:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.setsockopt(socket.IPPROTO_UDP, _UDP_SEGMENT, 1200)
        except OSError:
            return Finding(
                Verdict.WARNING, "this kernel has no UDP_SEGMENT: live viewers cost about twice the CPU"
            )
    return Finding(Verdict.OK, "UDP segmentation offload")


def _ffprobe() -> Finding:
    if shutil.which("ffprobe"):
        return Finding(Verdict.OK, "ffprobe")
    return Finding(
        Verdict.WARNING, "ffprobe is not installed: only tests of files by a second reader need it"
    )
