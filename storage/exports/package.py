"""Writes the package of an export: a zip whose files are stored as they are. Blocking: runs in a thread."""

import hashlib
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from shared.errors import Conflict, NotFound
from shared.evidence.manifest import (
    MANIFEST,
    READ_ME,
    SIGNATURE,
    CameraPart,
    NamedCamera,
    Requisition,
    SealedFile,
    SealedVideo,
    write_manifest,
)
from shared.evidence.signature import EvidenceKey
from shared.messages.storage import ExportedCamera, ExportOrder, ExportPhase
from shared.reasons import why
from shared.spans import Present, Span
from shared.utc import ns_of
from storage.exports.leaflet import leaflet
from storage.exports.stretch import Cut, ReadLayout, cut, stretches
from storage.model.ranges import coverage, gaps
from storage.model.segment import Footage

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class CameraFootage:
    """A camera of the order and all its footage of the range, oldest first."""

    camera: ExportedCamera
    footage: Sequence[Footage]


@dataclass(frozen=True, slots=True)
class Packed:
    """A finished package."""

    size: int
    sha256: str
    coverage: float


class Stopped(Exception):
    """The service stops, or the export is cancelled."""


class Packer:
    """Makes one package. `progress` goes from 0 to 1, and `phase` on, while it does.

    Setting `stop` makes it raise Stopped.
    """

    def __init__(
        self,
        order: ExportOrder,
        asked: Span,
        cameras: Sequence[CameraFootage],
        *,
        key: EvidenceKey,
        version: str,
        read: ReadLayout,
        bytes_of: Callable[[str, int, int], bytes],
        stop: Event,
    ) -> None:
        self.progress = 0.0
        self.phase = ExportPhase.COPYING
        self._order = order
        self._asked = asked
        self._cameras = cameras
        self._key = key
        self._version = version
        self._read = read
        self._bytes_of = bytes_of
        self._stop = stop
        self._total_ns = max(1, sum(one.end_ns - one.start_ns for part in cameras for one in part.footage))
        self._done_ns = 0

    def pack(self, target: Path, made_ns: int) -> Packed:
        """Write the package at `target`, which appears only when it is whole.

        Raises Conflict when there is no footage at all, OSError, Stopped.
        """
        incoming = target.with_suffix(".part")
        try:
            parts = self._write(incoming, made_ns)
            self.phase = ExportPhase.HASHING
            with incoming.open("rb") as file:
                digest = hashlib.sha256()
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    self._check()
                os.fsync(file.fileno())
            size = incoming.stat().st_size
            os.replace(incoming, target)
        finally:
            incoming.unlink(missing_ok=True)
        shares = [coverage(part.present, self._asked) for part in parts]
        return Packed(size, digest.hexdigest(), sum(shares) / len(shares))

    def _write(self, incoming: Path, made_ns: int) -> list[CameraPart]:
        when = time.gmtime(made_ns // 1_000_000_000)[:6]
        with zipfile.ZipFile(incoming, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
            parts = [self._camera(package, part, when) for part in self._cameras]
            if not any(part.videos for part in parts):
                raise Conflict(
                    why(
                        "export-no-footage",
                        "there is no footage of any of these cameras in the range asked",
                    )
                )
            fingerprint = self._key.public.fingerprint
            text = leaflet(self._order, fingerprint)
            document = SealedFile(READ_ME, len(text), hashlib.sha256(text).hexdigest())
            manifest = write_manifest(
                _requisition(self._order),
                parts,
                [document],
                made_ns=made_ns,
                version=self._version,
                fingerprint=fingerprint,
            )
            for name, data in (
                (READ_ME, text),
                (MANIFEST, manifest),
                (SIGNATURE, self._key.sign(manifest)),
            ):
                package.writestr(zipfile.ZipInfo(name, when), data)
        return parts

    def _camera(self, package: zipfile.ZipFile, part: CameraFootage, when: tuple[int, ...]) -> CameraPart:
        videos: list[SealedVideo] = []
        found: list[Present] = []
        for stretch in stretches(part.footage):
            try:
                made = cut(stretch, self._asked, self._read)
            except NotFound:
                made = None
            if made is not None:
                name = _video_name(part.camera.stream, made.start_ns)
                videos.append(self._video(package, part.camera.stream, name, made, when))
                start_ns = max(made.start_ns, self._asked.start_ns)
                end_ns = min(made.end_ns, self._asked.end_ns)
                found.append(Present(Span(start_ns, end_ns), stretch[0].run))
            self._done_ns += sum(one.end_ns - one.start_ns for one in stretch)
        return CameraPart(_named(part.camera), found, gaps(found, self._asked), videos)

    def _video(
        self, package: zipfile.ZipFile, stream: str, name: str, made: Cut, when: tuple[int, ...]
    ) -> SealedVideo:
        head = made.tables.head(made.description, made.start_ns)
        digest = hashlib.sha256()
        size = 0
        info = zipfile.ZipInfo(_unused(package, name), when)  # type: ignore[arg-type]  # six numbers
        with package.open(info, "w", force_zip64=True) as entry:
            for chunk in self._chunks(head, made):
                digest.update(chunk)
                entry.write(chunk)
                size += len(chunk)
        return SealedVideo(
            SealedFile(info.filename, size, digest.hexdigest()),
            stream,
            made.start_ns,
            made.end_ns,
            len(made.tables),
            made.description.codec_string,
            made.description.width,
            made.description.height,
            made.incomplete,
        )

    def _chunks(self, head: bytes, made: Cut) -> Iterator[bytes]:
        yield head
        copied = 0
        for part in made.ranges:
            self._check()
            data = self._bytes_of(part.key, part.offset, part.size)
            if len(data) != part.size:
                raise Conflict(
                    why(
                        "export-recording-short",
                        "the recording {recording} is shorter than it was",
                        recording=part.key,
                    )
                )
            copied += len(data)
            share_ns = (made.end_ns - made.start_ns) * copied // max(1, made.tables.data_bytes)
            self.progress = min(1.0, (self._done_ns + share_ns) / self._total_ns)
            yield data

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped


def _video_name(stream: str, start_ns: int) -> str:
    start = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(start_ns // 1_000_000_000))
    return f"{stream.replace('/', '_')}_{start}.mp4"


def _unused(package: zipfile.ZipFile, name: str) -> str:
    """The name, with a number where two stretches start within one second."""
    taken = set(package.namelist())
    number, free = 2, name
    while free in taken:
        free = name.replace(".mp4", f"_{number}.mp4")
        number += 1
    return free


def _requisition(order: ExportOrder) -> Requisition:
    asked = Span(ns_of(order.start), ns_of(order.end))
    return Requisition(order.id, order.reference, order.authority, order.requested_by, asked)


def _named(camera: ExportedCamera) -> NamedCamera:
    return NamedCamera(camera.stream, camera.name, camera.place, camera.authorisation)
