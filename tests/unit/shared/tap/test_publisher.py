"""What an ingest worker sends, and what it makes of what readers ask."""

from dataclasses import replace

from shared import metrics
from shared.tap import Gap
from shared.tap.wire import MAX_UNIT_BYTES
from tests.support.eventually import eventually
from tests.support.pictures import STREAM
from tests.unit.shared.wire import UNITS, Wire, value


async def test_garbage_from_a_reader_does_not_stop_the_stream() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        bad = metrics.counter("tap_bad_messages_total", "")
        before = value(bad)
        for message in (b"", b"\x02", b"\x02" + bytes(16) + b"\xff", b"\x07noise"):
            wire.subscriber._pump.send((message,))
        await eventually(lambda: value(bad) == before + 4, what="the refusals")
        wire.publish(UNITS[0])
        await eventually(lambda: wire.got == UNITS[:1], what="the real unit")


async def test_a_unit_that_is_too_large_costs_no_other_unit() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        wire.publish(UNITS[0])
        wire.publish(replace(UNITS[1], data=bytes(MAX_UNIT_BYTES + 1)))
        for unit in UNITS[10:20]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 12, what="the units around the large one")
    assert wire.got == [UNITS[0], Gap(STREAM, 9), *UNITS[10:20]]


async def test_a_unit_of_the_largest_size_passes() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        largest = replace(UNITS[0], data=bytes(MAX_UNIT_BYTES))
        wire.publish(largest)
        await eventually(lambda: wire.got == [largest], what="the largest unit")
