"""What the sampled decode checks cost: a child's start, and a key picture of each size and codec.

`python -m tests.bench.decode_cost` prints a table. The floor is the same pictures decoded in this process.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from ingest.decoding.checks import EVERY_S
from ingest.decoding.child import trouble
from ingest.decoding.process import ChildDecoder
from ingest.simulator.encoder import Coding, Encoder, Encoding
from ingest.simulator.scene import Scene
from shared.units import Codec
from tests.bench.tables import Cell, Table

PICTURES = 40
_SIZES = ((1280, 720), (1920, 1080))
_CODECS = {Codec.H264: Encoding.H264, Codec.H265: Encoding.H265}


def _key_picture(coding: Coding) -> bytes:
    encoder, scene = Encoder(coding), Scene("bench", coding.width, coding.height)
    first = [*encoder.encode(scene.picture(0, 0.0, None)), *encoder.finish()]
    return next(picture.data for picture in first if picture.key)


async def _child_ms(codec: Codec, data: bytes) -> tuple[float, float]:
    """The CPU time of a child's start with its first picture, and of each further one."""
    decoder = ChildDecoder()
    first = await decoder.verdict(codec, [data])
    last = first
    for _ in range(PICTURES):
        last = await decoder.verdict(codec, [data])
    await decoder.rest()
    assert not last.said, last.said
    return first.cpu_ns / 1e6, (last.cpu_ns - first.cpu_ns) / 1e6 / PICTURES


def _floor_ms(work: partial[str]) -> float:
    began = time.process_time_ns()
    for _ in range(PICTURES):
        assert work() == ""
    return (time.process_time_ns() - began) / 1e6 / PICTURES


def _rows() -> Sequence[Sequence[Cell]]:
    rows: list[list[Cell]] = []
    for codec, encoding in _CODECS.items():
        for width, height in _SIZES:
            coding = replace(Coding(encoding=encoding), width=width, height=height, kbps=2000)
            data = _key_picture(coding)
            start_ms, picture_ms = asyncio.run(_child_ms(codec, data))
            hundred = (start_ms + 100 * picture_ms) / 1e3 / EVERY_S * 100
            floor = _floor_ms(partial(trouble, codec, [data]))
            rows.append([f"{codec} {width}x{height}", start_ms, picture_ms, floor, hundred])
    return rows


def run() -> Table:
    """A row for each codec and size."""
    return Table(
        "decode-checks",
        "A key picture of each stream decoded, in a process of its own",
        ["picture", "start, CPU ms", "picture, CPU ms", "floor, CPU ms", "100 cameras, % of a core"],
        _rows(),
        note=f"Each stream every {EVERY_S:g} s, all together by one child started for it. Floor: the same "
        "pictures decoded in this process.",
    )


if __name__ == "__main__":
    print(run().text())
