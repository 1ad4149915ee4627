"""Export packages for tests: ordered by way of HTTP, and looked into."""

import io
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av

from shared.evidence.manifest import MANIFEST
from shared.ids import StreamId
from shared.messages.storage import ExportedCamera, ExportOrder
from shared.tickets import Action
from storage.exports.place import package_path
from storage.model.segment import object_key
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, seal_key

START = datetime.fromtimestamp(START_NS / 1e9, UTC)
EXPORT = "x-0001"


def order(start_s: float = 0, end_s: float = 10, *, id: str = EXPORT) -> ExportOrder:
    """An order for the one camera of these tests."""
    camera = ExportedCamera(str(STREAM), "Place du Beffroi", "Lille", "2026-59-001")
    return ExportOrder(
        id,
        "PV 2026/1234",
        "Tribunal judiciaire de Lille",
        "p-legal",
        (camera,),
        START + timedelta(seconds=start_s),
        START + timedelta(seconds=end_s),
    )


def for_recipient() -> ExportOrder:
    """An order whose package only the films' key opens: any RSA key does for a test."""
    return replace(order(), recipient=seal_key().certificate.pem.decode())


async def exported(shop: Workshop, wanted: ExportOrder | None = None) -> Path:
    """The package of an export made by way of HTTP."""
    wanted = wanted or order()
    token = shop.token(Action.EXPORT, f"export:{wanted.id}")
    answer = await shop.put(f"/exports/{wanted.id}", token, wanted)
    assert answer.status_code == 202, answer.text
    await shop.export_done(wanted.id)
    return package_path(shop.folder / "exports", wanted)


async def handed_over(shop: Workshop, id: str = EXPORT) -> Path:
    """A finished package as whoever collects it gets it."""
    kept = await shop.jobs.packages.kept(id)
    target = shop.folder / f"{id}-handed-over{kept.path.suffix}"
    with kept.opened() as source:
        target.write_bytes(source.readall())
    return target


def confirm_keys(shop: Workshop, stream: StreamId = STREAM) -> None:
    """Let the spool know a commune's key, as it does within seconds of the commune's first recording."""
    keys = shop.places.spool.keys
    if keys is not None:
        keys.sealing(object_key(stream, START_NS, 1, "none"))
        keys.confirm_once()


def manifest_of(package: Path) -> dict[str, object]:
    with zipfile.ZipFile(package) as archive:
        manifest: dict[str, object] = json.loads(archive.read(MANIFEST))
    return manifest


def videos_of(package: Path) -> list[bytes]:
    with zipfile.ZipFile(package) as archive:
        return [archive.read(name) for name in archive.namelist() if name.endswith(".mp4")]


def said(command: str, folder: Path) -> tuple[int, str, str]:
    """Exit code, output and complaints of a command."""
    done = subprocess.run(
        command.split(), cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def pictures_in(video: bytes) -> list[float]:
    with av.open(io.BytesIO(video), "r") as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]
