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


async def test_another_child_that_is_given_the_group_again_keeps_no_picture_for_longer(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    order = [0] + [group + place for group in range(0, 15, 3) for place in (3, 1, 2)]
    units = [
        replace(UNITS[1], seq=seq, key=not seq, pts90=place * 9000, reordered=True)
        for seq, place in enumerate(order)
    ]
    for seq, unit in enumerate(units):
        if seq % 3 == 1:
            await rig.clock.advance(0.3)
        transcoder.take(unit)
        await rig.says(Settled())
    await rig.says(None)
    await rig.clock.advance(1)
    rig.got.clear()
    await rig.says(Ready())
    shown = sorted(units, key=lambda unit: unit.pts90)
    await rig.says(Settled())
    for unit in shown[:-1]:
        await rig.says(replace(unit, codec=Codec.H264), Settled())
    await rig.clock.advance(0.31)
    assert len(rig.got) == len(shown) - 1
