"""What an export of one camera's hour costs, beside hashing and copying the same bytes in the same run.

The hour is written first, in segments of 60 s as storage records them at 2 Mb/s: 0.9 GB. The floor reads the
same files, hashes them once (SHA-256), writes them into one file and makes that last. Both are run thrice in
turns, on a warm page cache; the best of each counts. Memory is the process's peak over what it had before.
"""

import hashlib
import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from shared.evidence.seal_key import make_seal_key
from shared.evidence.signature import EvidenceKey
from shared.evidence.verify import verify
from shared.ids import StreamId
from shared.messages.storage import ExportedCamera, ExportOrder
from shared.spans import Span
from shared.utc import instant_of
from storage.exports.documents import Seals
from storage.exports.package import CameraFootage, Packer
from storage.exports.safe import PackageSafe
from storage.fmp4.description import describe
from storage.fmp4.fragment import MovieFragment, Sample, write_fragment
from storage.fmp4.identity import Identity
from storage.fmp4.movie import init_segment
from storage.fmp4.reader import read_layout
from storage.model.segment import Footage, object_key
from storage.objects.disk import RealDisk
from storage.objects.file_range import read_range
from storage.objects.folder import FolderStore
from storage.objects.marker import found_store
from tests.bench.storage_cost import FPS, two_megabits
from tests.bench.tables import Table
from tests.support.pictures import START_NS
from tests.unit.storage.workshop import pem_pair

_STREAM = StreamId.parse("59350/cam-hour/main")
_SEGMENT_S = 60
_TIMES = 3
_CHUNK = 1 << 20
_MINUTES = (10, 60)


def run() -> Table:
    """Ten minutes and an hour: what does not grow with the time is constant."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        store = FolderStore(Path(folder) / "objects", RealDisk())
        footage = _recorded(Path(folder), store, max(_MINUTES))
        for minutes in _MINUTES:
            rows.append(_measured(Path(folder), store, footage[: minutes * 60 // _SEGMENT_S]))
    return Table(
        "export",
        "An export of one camera at 2 Mb/s: sealed film, manifest, zip, made to last",
        ["minutes", "GB", "export s", "hash and copy s", "x floor", "peak MB more", "verify s"],
        rows,
        {"export s": "5", "x floor": "2"},
    )


def _measured(folder: Path, store: FolderStore, footage: list[Footage]) -> list[float]:
    exports, floors, peaks = [], [], []
    private, public = pem_pair()
    seals = Seals(EvidenceKey.from_pem(private), make_seal_key("bench", instant_of(START_NS)))
    target = folder / "export.zip"
    for _ in range(_TIMES):
        floors.append(_timed(lambda: _floor(folder, footage)))
        _forget_peak()
        before = _memory("VmRSS")
        exports.append(_timed(lambda: _export(store, footage, seals, target)))
        peaks.append(_memory("VmHWM") - before)
    began_s = time.monotonic()
    assert verify(target, public).sound
    verified_s = time.monotonic() - began_s
    size = target.stat().st_size / 1e9
    export_s, floor_s = min(exports), min(floors)
    minutes = len(footage) * _SEGMENT_S / 60
    return [minutes, size, export_s, floor_s, export_s / floor_s, max(peaks), verified_s]


def _timed(work: Callable[[], None]) -> float:
    began_s = time.monotonic()
    work()
    return time.monotonic() - began_s


def _export(store: FolderStore, footage: list[Footage], seals: Seals, target: Path) -> None:
    target.unlink(missing_ok=True)
    asked = Span(footage[0].start_ns, footage[-1].end_ns)
    camera = ExportedCamera(str(_STREAM), "Place du Beffroi", "Lille", "2026-59-001")
    end = instant_of(asked.end_ns)
    order = ExportOrder("x-1", "PV 1", "TJ", "p-1", (camera,), instant_of(asked.start_ns), end)
    Packer(
        order,
        asked,
        [CameraFootage(camera, footage)],
        seals=seals,
        version="bench",
        read=lambda one: read_layout(
            lambda offset, size: store.read(one.key, offset, size), _size(store, one.key)
        ),
        bytes_of=store.read,
        stop=Event(),
        safe=PackageSafe(None),
    ).pack(target, START_NS)


def _size(store: FolderStore, key: str) -> int:
    found = store.find(key)
    assert found is not None
    return found.size


def _floor(folder: Path, footage: list[Footage]) -> None:
    digest, target = hashlib.sha256(), folder / "floor"
    target.unlink(missing_ok=True)
    with target.open("wb", buffering=0) as copy:
        for one in footage:
            path = folder / "objects" / one.key
            size = path.stat().st_size
            for offset in range(0, size, _CHUNK):
                data = read_range(path, offset, _CHUNK)
                digest.update(data)
                copy.write(data)
        os.fsync(copy.fileno())
    assert digest.digest()
    target.unlink()


def _recorded(folder: Path, store: FolderStore, minutes: int) -> list[Footage]:
    """Segments in the store, as recording leaves them."""
    (folder / "objects").mkdir()
    found_store(store.notes, "bench")
    loop = two_megabits(_STREAM)
    description = describe(loop[0])
    second = [[description.sample(unit.data) for unit in loop[at : at + FPS]] for at in (0, FPS)]
    found = []
    for number in range(minutes * 60 // _SEGMENT_S):
        start_ns = START_NS + number * _SEGMENT_S * 1_000_000_000
        identity = Identity(_STREAM, 1, start_ns, "Place du Beffroi", 30, "sender_report")
        parts: list[bytes | memoryview] = [init_segment(description, identity)]
        for at in range(_SEGMENT_S):
            data = second[at % 2]
            samples = tuple(
                Sample(90_000 // FPS, sum(map(len, one)), key=loop[at % 2 * FPS + place].key)
                for place, one in enumerate(data)
            )
            fragment = MovieFragment(at + 1, at * 90_000, samples)
            utc_ns = start_ns + at * 1_000_000_000
            parts += write_fragment(fragment, utc_ns, [part for one in data for part in one])
        key = object_key(_STREAM, start_ns, 1, "bench")
        store.put(key, io.BytesIO(b"".join(parts)))
        end_ns = start_ns + _SEGMENT_S * 1_000_000_000
        found.append(Footage(key, _STREAM, 1, start_ns, end_ns, "h264", description.digest, 30))
    return found


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _memory(name: str) -> float:
    """A figure of this process's memory in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(name))
