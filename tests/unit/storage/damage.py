"""Files of the spool that cannot be read, for tests of what becomes of them."""

import os
from pathlib import Path

from storage.model.segment import object_key
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.segments import segment_bytes
from tests.unit.storage.workshop import Workshop, units

SEGMENT = segment_bytes(units(12, width=64, height=48), per_fragment=3)
FRAGMENTS = [at - 4 for at in range(len(SEGMENT)) if SEGMENT.startswith(b"prft", at)]


async def left_in_spool(shop: Workshop, data: bytes, number: int = 0) -> Path:
    """A file of the spool, as a crash left it, brought to its end."""
    path = shop.places.spool.path(object_key(STREAM, START_NS + number * 10**9, 1, "aaaa"))
    path.write_bytes(data)
    os.utime(path, ns=(START_NS, START_NS))
    shop.finisher.find_left_over()
    await shop.finish()
    return path


def set_aside(shop: Workshop) -> list[bytes]:
    return [path.read_bytes() for path in shop.quarantine.files()]


def damaged(at: int) -> bytes:
    data = bytearray(SEGMENT)
    data[at] ^= 0xFF
    return bytes(data)


HEADLESS = damaged(SEGMENT.index(b"moov"))
