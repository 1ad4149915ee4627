"""Writes the package of an export: a zip whose files are stored as they are. Blocking: runs in a thread."""

import hashlib
import secrets
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
    SealedFile,
    SealedVideo,
    write_manifest,
)
from shared.gap_causes import GapCause
from shared.ids import StreamId
from shared.messages.storage import ExportedCamera, ExportOrder, ExportPhase
from shared.reasons import why
from shared.spans import Present, Span
from storage.exports.capture import Offered, RegisterOf, no_register, proofs_told
from storage.exports.closing import Closing
from storage.exports.documents import Seals, documents, named, requisition_of
from storage.exports.film import FilmSource, FilmWriter, Target
from storage.exports.film_plan import FilmPlan, ReadLayout, plan_films
from storage.exports.redacted_copy import RedactedCopy
from storage.exports.redaction import redacted
from storage.exports.safe import PackageSafe
from storage.fmp4.told_clock import ToldClock
from storage.model.interruptions import Interruption, explained
from storage.model.ranges import coverage, gaps
from storage.model.segment import Footage

_WORKERS = 3
"""Two hashes and the writing of one block, while the next is read."""


@dataclass(frozen=True, slots=True)
class CameraFootage:
    """A camera of the order and all its footage of the range, oldest first; its `interruptions`."""

    camera: ExportedCamera
    footage: Sequence[Footage]
    interruptions: Sequence[Interruption] = ()


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

    Setting `stop` makes it raise Stopped, and so does `mine` where it tells that another process makes it.
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
        safe: PackageSafe,
        register_of: RegisterOf = no_register,
        redaction: RedactedCopy | None = None,
        mine: Callable[[], bool] = lambda: True,
    ) -> None:
        self._mine = mine
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
        self._redaction = redaction
        self._safe = safe
        self._scratch = Path()
        self._register_of = register_of
        self._registers: list[SealedFile] = []
        self._total_ns = max(1, sum(one.end_ns - one.start_ns for part in cameras for one in part.footage))
        self._done_ns = 0

    def pack(self, target: Path, made_ns: int) -> Packed:
        """Write the package at `target`, which appears only when it is whole, and encrypted where it must be:
        to its recipient, or else as the safe keeps it. What it says is of what is handed over.

        Raises Conflict when there is no footage at all, OSError, Unavailable, Stopped.
        """
        # Another process may have begun it, and not know yet that it is not to go on.
        own = secrets.token_hex(4)
        plain, incoming = target.with_suffix(f".plain-{own}.part"), target.with_suffix(f".{own}.part")
        self._scratch = target.with_suffix(f".redacted-{own}.part")
        try:
            with ThreadPoolExecutor(_WORKERS, "export") as pool:
                parts, manifest_sha256 = self._write(plain, made_ns, pool)
                self.phase = ExportPhase.HASHING
                closing = Closing(self._order.recipient, self._safe, self._check)
                digest, size = closing.close(plain, incoming, target, pool)
        finally:
            for path in (plain, incoming, self._scratch):
                path.unlink(missing_ok=True)
        shares = [coverage(part.present, self._asked) for part in parts]
        return Packed(size, digest, sum(shares) / len(shares), manifest_sha256)

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
                [*self._registers, *(_sealed(name, data) for name, data in written)],
                made_ns=made_ns,
                version=self._version,
                fingerprint=self._seals.evidence.public.fingerprint,
                certificate=self._seals.films.certificate.fingerprint,
                redaction=self._told_redaction(),
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
        clocks: list[ToldClock] = []
        for plan in plan_films(part.footage, self._asked, self._read, unread.append):
            identity = self._identity(part.camera, plan, made_ns)
            video, shown = self._video(package, plan, identity, pool)
            videos.append(video)
            found.extend(shown.present(self._asked))
            clocks += [one.clock for one in plan.segments]
        # The register is of recorded pictures: it goes with the original, not with a redacted copy.
        used = [one.recorded for video in videos for one in video.segments]
        return CameraPart(
            named(part.camera),
            found,
            [one for gap in gaps(found, self._asked) for one in _gaps(gap, unread, part.interruptions)],
            videos,
            sorted({one.source for one in clocks}),
            {} if self._redaction else self._proofs(package, part, used, unread, made_ns),
            self._redaction is not None,
            _worst(clocks),
        )

    def _proofs(
        self,
        package: zipfile.ZipFile,
        part: CameraFootage,
        used: Sequence[str],
        unread: Sequence[Footage],
        made_ns: int,
    ) -> Mapping[str, object]:
        """What the register says of a camera, whose file is written; empty where there is none."""
        self._check()
        register = self._register_of(part.camera.stream, self._asked)
        if register is None:
            return {}
        name = f"registre_{part.camera.stream.replace('/', '_')}.json"
        when, data = time.gmtime(made_ns // 1_000_000_000), register.written()
        package.writestr(zipfile.ZipInfo(name, when[:6]), data)
        self._registers.append(_sealed(name, data))
        offered = Offered({one.key for one in part.footage}, {one.key for one in unread})
        return proofs_told(name, register, self._asked, set(used), offered)

    def _identity(self, camera: ExportedCamera, plan: FilmPlan, made_ns: int) -> FilmIdentity:
        return FilmIdentity(
            export=self._order.id,
            stream=camera.stream,
            camera=camera.name,
            operator=self._order.requested_by,
            unit=f"Beffroi {self._version}{', redacted copy' if self._redaction else ''}",
            made_ns=made_ns,
            start_ns=plan.start_ns,
            evidence_key=self._seals.evidence.public.fingerprint,
        )

    def _video(
        self, package: zipfile.ZipFile, plan: FilmPlan, identity: FilmIdentity, pool: ThreadPoolExecutor
    ) -> tuple[SealedVideo, FilmPlan]:
        """A film as it was written, and the plan of it."""
        name = _unused(package, _video_name(identity.stream, plan.start_ns))
        total, copied = max(1, sum(plan.sizes)), 0
        length_ns = sum(one.footage.end_ns - one.footage.start_ns for one in plan.segments)

        def done(size: int) -> None:
            nonlocal copied
            self._check()
            copied += size
            share_ns = length_ns * copied // total
            self.progress = min(1.0, (self._done_ns + share_ns) / self._total_ns)

        source = FilmSource(self._bytes_of, done)
        if self._redaction is not None:
            plan, source = self._redacted(self._redaction, plan, identity, name, source, pool)
        info = zipfile.ZipInfo(name, time.gmtime(identity.made_ns // 1_000_000_000)[:6])
        with package.open(info, "w", force_zip64=True) as entry:
            video = FilmWriter(self._seals.films, source, pool).write(plan, name, identity, entry)
        self._done_ns += length_ns
        return video, plan

    def _redacted(
        self,
        copy: RedactedCopy,
        plan: FilmPlan,
        identity: FilmIdentity,
        name: str,
        source: FilmSource,
        pool: ThreadPoolExecutor,
    ) -> tuple[FilmPlan, FilmSource]:
        """The plan of a film's redacted copy, and where its bytes come from."""

        def native(pictures: Target) -> SealedVideo:
            return FilmWriter(self._seals.films, source, pool).write(plan, name, identity, pictures)

        stream = StreamId.parse(identity.stream)
        made = redacted(plan, stream, copy.tracks, native, copy.spawn, self._scratch)
        copy.add(name, made.native, made.left_out)
        return made.plan, FilmSource(made.read, lambda _: self._check())

    def _told_redaction(self) -> Mapping[str, object] | None:
        copy = self._redaction
        return None if copy is None else copy.told(self._order.requested_by)

    def _check(self) -> None:
        if self._stop.is_set() or not self._mine():
            raise Stopped


def _sealed(name: str, data: bytes) -> SealedFile:
    return SealedFile(name, len(data), hashlib.sha256(data).hexdigest())


def _gaps(span: Span, unread: Sequence[Footage], known: Sequence[Interruption]) -> list[Gap]:
    """A gap by its causes; what is there and cannot be read is no interruption of the recording."""
    if any(one.start_ns < span.end_ns and span.start_ns < one.end_ns for one in unread):
        return [Gap(span, GapCause.UNREADABLE)]
    return [Gap(one.span, one.cause) for one in explained([span], known)]


def _worst(clocks: Sequence[ToldClock]) -> int | None:
    """How far the UTC of any picture is wrong at most, None where that is not known of all."""
    known = [one.wrong_ns for one in clocks if one.wrong_ns is not None]
    return max(known, default=None) if len(known) == len(clocks) else None


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
