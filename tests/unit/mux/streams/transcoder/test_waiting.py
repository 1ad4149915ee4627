"""Pictures that are made and not due yet."""

from dataclasses import replace
from itertools import pairwise

import pytest

from shared.transcoding.framing import Ready, Settled
from shared.units import AccessUnit, Codec
from tests.unit.mux.streams.transcoder.children import UNITS, Rig


async def test_pictures_that_come_in_bursts_are_passed_on_one_by_one(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    at: list[float] = []
    order = [0] + [group + place for group in range(0, 15, 3) for place in (3, 1, 2)]
    waits: list[AccessUnit] = []
    for seq, place in enumerate(order):
        if seq % 3 == 1:
            for _ in range(30):
                await rig.clock.advance(0.01)
                at += [rig.clock.monotonic_ns() / 1e9] * (len(rig.got) - len(at))
        unit = replace(UNITS[1], seq=seq, key=not seq, pts90=place * 9000, reordered=True)
        transcoder.take(unit)
        waits = sorted([*waits, unit], key=lambda one: one.pts90)
        made = [replace(waits.pop(0), codec=Codec.H264)] if seq else []
        await rig.says(*made, Settled())
        at += [rig.clock.monotonic_ns() / 1e9] * (len(rig.got) - len(at))
    steps = [after - before for before, after in pairwise(at)]
    assert len(steps) >= 11
    assert steps == pytest.approx([0.1] * len(steps), abs=0.02)
