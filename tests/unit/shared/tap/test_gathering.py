"""Units that wait at the publisher: how long, how many, in which order."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from shared.ids import StreamId
from shared.tap.gathering import GATHER_S, GATHERED_BYTES, GATHERED_UNITS, Gathering
from shared.units import AccessUnit, UnitBatch
from tests.support.eventually import eventually
from tests.support.pictures import units

UNITS = units(GATHERED_UNITS + 2, gop=10)
OTHER = StreamId("59350", "cam-other")


async def test_units_of_each_stream_are_sent_together_in_order_within_their_time() -> None:
    sent: list[Sequence[AccessUnit | UnitBatch]] = []
    gathering, loop = Gathering(sent.append), asyncio.get_running_loop()
    other = [replace(unit, stream=OTHER) for unit in UNITS[:2]]
    began_s = loop.time()
    for unit in (UNITS[0], other[0], UNITS[1], other[1], UNITS[2]):
        gathering.add(unit)
    assert not sent
    await eventually(lambda: len(sent) == 2, what="both streams")
    assert loop.time() - began_s >= GATHER_S
    assert sent == [UNITS[:3], other]


async def test_what_waits_of_a_stream_has_a_bound_of_units_and_one_of_bytes() -> None:
    sent: list[Sequence[AccessUnit | UnitBatch]] = []
    gathering = Gathering(sent.append)
    for unit in UNITS[:GATHERED_UNITS]:
        gathering.add(unit)
    assert sent == [UNITS[:GATHERED_UNITS]]
    large = replace(UNITS[-1], data=bytes(GATHERED_BYTES))
    gathering.add(UNITS[-2])
    gathering.add(large)
    assert sent[1:] == [[UNITS[-2]], [large]]
    gathering.flush()
    assert len(sent) == 3


async def test_what_waits_is_sent_when_the_publisher_ends_and_never_twice() -> None:
    sent: list[Sequence[AccessUnit | UnitBatch]] = []
    gathering = Gathering(sent.append)
    gathering.add(UNITS[0])
    gathering.flush()
    gathering.flush()
    assert sent == [UNITS[:1]]
