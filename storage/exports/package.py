"""Writes the package of an export: a zip whose files are stored as they are. Blocking: runs in a thread."""

import hashlib
import os
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from shared.errors import Conflict
from shared.evidence.film_seal import FilmIdentity
from shared.evidence.manifest import (
    MANIFEST,
    SIGNATURE,
    CameraPart,
    Gap,
    GapCause,
    SealedFile,
    SealedVideo,
    write_manifest,
)
from shared.messages.storage import ExportedCamera, ExportOrder, ExportPhase
from shared.reasons import why
from shared.spans import Present, Span
from storage.exports.documents import Seals, documents, named, requisition_of
from storage.exports.envelope import Recipient, envelope
from storage.exports.film import FilmSource, FilmWriter
from storage.exports.film_plan import FilmPlan, ReadLayout, plan_films
from storage.model.ranges import coverage, gaps
from storage.model.segment import Footage

_CHUNK = 4 << 20
_WORKERS = 3
"""Two hashes and the writing of one block, while the next is read."""

ProofsOf = Callable[[Sequence[str]], Mapping[str, object]]
"""What was signed at capture about recorded segments, by their keys, as far as anything was."""


def no_proofs(keys: Sequence[str]) -> Mapping[str, object]:
    """For a centre that signs nothing at capture."""
    return {}


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
    manifest_sha256: str


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
        seals: Seals,
        version: str,
        read: ReadLayout,
        bytes_of: Callable[[str, int, int], bytes],
        stop: Event,
        proofs_of: ProofsOf = no_proofs,
    ) -> None:
        self.progress = 0.0
        self.phase = ExportPhase.COPYING
        self._order = order
        self._asked = asked
        self._cameras = cameras
        self._seals = seals
        self._version = version
        self._read = read
        self._bytes_of = bytes_of
        self._stop = stop
        self._proofs_of = proofs_of
        self._total_ns = max(1, sum(one.end_ns - one.start_ns for part in cameras for one in part.footage))
        self._done_ns = 0

    def pack(self, target: Path, made_ns: int) -> Packed:
        """Write the package at `target`, which appears only when it is whole, and encrypted where it must be.

        Raises Conflict when there is no footage at all, OSError, Stopped.
        """
        plain, incoming = target.with_suffix(".plain.part"), target.with_suffix(".part")
        try:
            with ThreadPoolExecutor(_WORKERS, "export") as pool:
                parts, manifest_sha256 = self._write(plain, made_ns, pool)
                self.phase = ExportPhase.HASHING
                if self._order.recipient:
                    self._encrypt(plain, incoming)
                else:
                    os.replace(plain, incoming)
                digest = self._kept(incoming, pool)
            size = incoming.stat().st_size
            os.replace(incoming, target)
        finally:
            for path in (plain, incoming):
                path.unlink(missing_ok=True)
        shares = [coverage(part.present, self._asked) for part in parts]
        return Packed(size, digest, sum(shares) / len(shares), manifest_sha256)

    def _encrypt(self, plain: Path, target: Path) -> None:
        recipient = Recipient.from_pem(self._order.recipient)
        with plain.open("rb") as source, target.open("wb") as file:
            for part in envelope(source, recipient):
                file.write(part)
                self._check()

    def _kept(self, incoming: Path, pool: ThreadPoolExecutor) -> str:
        """The SHA-256 of the package, taken while the disk makes it last."""
        digest = hashlib.sha256()
        with incoming.open("rb") as file:
            lasting = pool.submit(os.fsync, file.fileno())
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                self._check()
            lasting.result()
        return digest.hexdigest()

    def _write(self, incoming: Path, made_ns: int, pool: ThreadPoolExecutor) -> tuple[list[CameraPart], str]:
        """What it has of each camera, and the SHA-256 of its manifest."""
        when = time.gmtime(made_ns // 1_000_000_000)[:6]
        with zipfile.ZipFile(incoming, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
            parts = [self._camera(package, part, made_ns, pool) for part in self._cameras]
            if not any(part.videos for part in parts):
                raise Conflict(
                    why(
                        "export-no-footage",
                        "there is no footage of any of these cameras in the range asked",
                    )
                )
            software = f"Beffroi {self._version}"
            written = documents(self._order, parts, self._seals, made_ns=made_ns, software=software)
            manifest = write_manifest(
                requisition_of(self._order),
                parts,
                [SealedFile(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in written],
                made_ns=made_ns,
                version=self._version,
                fingerprint=self._seals.evidence.public.fingerprint,
                certificate=self._seals.films.certificate.fingerprint,
            )
            signature = self._seals.evidence.sign(manifest)
            for name, data in (*written, (MANIFEST, manifest), (SIGNATURE, signature)):
                package.writestr(zipfile.ZipInfo(name, when), data)
        return parts, hashlib.sha256(manifest).hexdigest()

    def _camera(
        self, package: zipfile.ZipFile, part: CameraFootage, made_ns: int, pool: ThreadPoolExecutor
    ) -> CameraPart:
        videos: list[SealedVideo] = []
        found: list[Present] = []
        unread: list[Footage] = []
        sources: set[str] = set()
        for plan in plan_films(part.footage, self._asked, self._read, unread.append):
            identity = self._identity(part.camera, plan, made_ns)
            videos.append(self._video(package, plan, identity, pool))
            found.extend(plan.present(self._asked))
            sources.update(one.wall_source for one in plan.segments)
        keys = [one.recorded for video in videos for one in video.segments]
        return CameraPart(
            named(part.camera),
            found,
            [_gap(one, unread) for one in gaps(found, self._asked)],
            videos,
            sorted(sources),
            self._proofs_of(keys),
        )

    def _identity(self, camera: ExportedCamera, plan: FilmPlan, made_ns: int) -> FilmIdentity:
        return FilmIdentity(
            export=self._order.id,
            stream=camera.stream,
            camera=camera.name,
            operator=self._order.requested_by,
            unit=f"Beffroi {self._version}",
            made_ns=made_ns,
            start_ns=plan.start_ns,
            evidence_key=self._seals.evidence.public.fingerprint,
        )

    def _video(
        self, package: zipfile.ZipFile, plan: FilmPlan, identity: FilmIdentity, pool: ThreadPoolExecutor
    ) -> SealedVideo:
        name = _unused(package, _video_name(identity.stream, plan.start_ns))
        when = time.gmtime(identity.made_ns // 1_000_000_000)
        info = zipfile.ZipInfo(name, when[:6])
        total, copied = max(1, sum(plan.sizes)), 0
        length_ns = sum(one.footage.end_ns - one.footage.start_ns for one in plan.segments)

        def done(size: int) -> None:
            nonlocal copied
            self._check()
            copied += size
            share_ns = length_ns * copied // total
            self.progress = min(1.0, (self._done_ns + share_ns) / self._total_ns)

        writer = FilmWriter(self._seals.films, FilmSource(self._bytes_of, done), pool)
        with package.open(info, "w", force_zip64=True) as entry:
            video = writer.write(plan, name, identity, entry)
        self._done_ns += length_ns
        return video

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped


def _gap(span: Span, unread: Sequence[Footage]) -> Gap:
    broken = any(one.start_ns < span.end_ns and span.start_ns < one.end_ns for one in unread)
    return Gap(span, GapCause.UNREADABLE if broken else GapCause.NO_FOOTAGE)


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
