"""What encryption at rest costs: storing, and reading an hour by ranges, beside a plain folder in one run.

CPU is that of this process. The hour is sixty segments of 15 MB (2 Mb/s), read from the page cache.
"""

import os
import tempfile
import time
from pathlib import Path

from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.marker import found_store
from storage.objects.store import ObjectStore
from tests.bench.tables import Cell, Table
from tests.support.sealed_store import sealed_store

_MINUTES = 60
_MINUTE_BYTES = 15_000_000
_RANGES = (1 << 20, 200_000)
_HEADERS = 100


def run() -> Table:
    """One row for each kind of store."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plain").mkdir()
        plain = FolderStore(folder / "plain", RealDisk())
        found_store(plain.notes, "bench")
        (folder / "sealed").mkdir()
        sealed = sealed_store(folder / "sealed")
        rows = [
            _row("in the clear", plain, folder / "spooled-plain"),
            _row("encrypted", sealed, folder / "spooled-sealed"),
        ]
    return Table(
        "sealed",
        "Encryption at rest: an hour of 2 Mb/s (0.9 GB)",
        [
            "recordings",
            "stored, % of a core a camera",
            *(f"read by {size // 1000} kB, s" for size in _RANGES),
            "the same, CPU s",
            "24 bytes anywhere, µs",
        ],
        rows,
        note="Stored: CPU of putting the minutes into the store over the hour that they are of. A plain "
        "folder shares the bytes of the spool instead of copying them. CPU: of the smaller ranges.",
    )


def _row(kind: str, store: ObjectStore, spooled: Path) -> list[Cell]:
    keys = [
        f"59350/place/main/20260701/20260701T12{minute:02d}00.000Z-r1-a.mp4" for minute in range(_MINUTES)
    ]
    data, spent = os.urandom(_MINUTE_BYTES), 0.0
    for key in keys:
        spooled.write_bytes(data)
        began = time.process_time()
        with spooled.open("rb") as file:
            store.put(key, file)
        spent += time.process_time() - began
        spooled.unlink()
    took, cpu = [], 0.0
    for size in _RANGES:
        began_s, began = time.perf_counter(), time.process_time()
        for key in keys:
            for at in range(0, _MINUTE_BYTES, size):
                store.read(key, at, size)
        took.append(time.perf_counter() - began_s)
        cpu = time.process_time() - began
    began_s = time.perf_counter()
    for key in keys:
        for number in range(_HEADERS):
            store.read(key, number * (_MINUTE_BYTES // _HEADERS), 24)
    header_us = (time.perf_counter() - began_s) / _MINUTES / _HEADERS * 1e6
    return [
        kind,
        round(spent / (_MINUTES * 60) * 100, 4),
        *(round(one, 2) for one in took),
        round(cpu, 2),
        round(header_us),
    ]
