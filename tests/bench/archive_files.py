"""An archive of past footage in a data folder of storage, as if it had been recorded there."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from shared.clock import SystemClock
from shared.ids import StreamId
from shared.units import AccessUnit
from storage.lifecycle.archive import open_archive
from storage.model.segment import Segment, SegmentState, object_key
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.recording.spool import Spool
from tests.support.pictures import units
from tests.unit.storage.segments import layout_of, segment_bytes

SEGMENT_S = 60
FPS = 24
GOP = 2 * FPS
_PER_FRAGMENT = FPS // 2
_BYTES_PER_UNIT = 2_000_000 // 8 // FPS
_FILLER_NAL = b"\x00\x00\x00\x01\x0c"
_S = 1_000_000_000


def a_minute(stream: StreamId, start_ns: int) -> list[AccessUnit]:
    """A minute of 2 Mb/s: real pictures, filled up with filler data NAL units (H.264, 7.3.2.7)."""
    filled = []
    for unit in units(GOP, stream=stream, gop=GOP):
        room = max(0, _BYTES_PER_UNIT - len(unit.data) - len(_FILLER_NAL) - 1)
        filled.append(replace(unit, data=unit.data + _FILLER_NAL + b"\xff" * room + b"\x80"))
    return [
        replace(unit, seq=number, pts90=number * 90_000 // FPS, utc_ns=start_ns + number * _S // FPS)
        for number, unit in enumerate(islice(cycle(filled), SEGMENT_S * FPS))
    ]


async def lay_down(data: Path, wanted: Sequence[tuple[StreamId, int, int]]) -> list[Path]:
    """For each (stream, start_ns, minutes) the files and rows of as many segments; their paths.

    Nothing of them is left in memory: what is read first comes from the disk.
    """
    (data / "objects").mkdir(parents=True)
    disk = RealDisk()
    store = FolderStore(data / "objects", disk)
    spool = Spool(data / "spool", disk, [], SystemClock())
    archive = await open_archive(f"sqlite+aiosqlite:///{data / 'storage.db'}", store, spool)
    await archive.bond.establish()
    made = []
    try:
        for stream, first_ns, minutes in wanted:
            for minute in range(minutes):
                start_ns = first_ns + minute * SEGMENT_S * _S
                key = object_key(stream, start_ns, 1, "aaaaaa")
                file = data / "objects" / key
                file.parent.mkdir(parents=True, exist_ok=True)
                content = segment_bytes(a_minute(stream, start_ns), _PER_FRAGMENT)
                file.write_bytes(content)
                description = layout_of(file).description
                await archive.rows.add(
                    Segment(
                        key,
                        stream,
                        1,
                        start_ns,
                        start_ns + SEGMENT_S * _S,
                        len(content),
                        hashlib.sha256(content).hexdigest(),
                        description.codec_string,
                        description.digest,
                        30,
                        SegmentState.STORED,
                    )
                )
                made.append(file)
    finally:
        await archive.database.close()
    return made
