"""Units that come together are what they would be one by one: kept, sent, read back."""

from dataclasses import replace
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from shared.recent import RecentUnits
from shared.tap.gathering import Gathering
from shared.tap.wire import gathered, read_gathered
from shared.units import AccessUnit
from tests.support.batches import batch_of
from tests.support.eventually import eventually
from tests.support.pictures import STREAM
from tests.unit.shared.strategies import access_units, unit
from tests.unit.shared.wire import UNITS, Wire


@st.composite
def _alike(draw: st.DrawFn) -> list[AccessUnit]:
    first = replace(draw(access_units), key=False, recovery=0, seq=draw(st.integers(0, 2**40)))
    sizes = draw(st.lists(st.integers(1, 50), min_size=1, max_size=6))
    return [
        replace(first, seq=first.seq + place, data=bytes([place]) * size, utc_ns=place, pts90=place * 3600)
        for place, size in enumerate(sizes)
    ]


@given(_alike())
def test_a_batch_is_its_units_and_is_sent_as_they_are(units: list[AccessUnit]) -> None:
    batch = batch_of(units)
    assert (batch.units(), len(batch)) == (units, len(units))
    assert gathered([batch]) == gathered(units)
    assert read_gathered(*gathered([units[0], batch])) == [units[0], *units]


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(1, 60), st.booleans()), max_size=25))
def test_batches_are_kept_as_their_units_would_be(plan: list[tuple[int, bool, int, bool]]) -> None:
    together, singly, seq = RecentUnits(300), RecentUnits(300), 0
    for count, key, size, hole in plan:
        seq += hole
        made = [unit(seq + place, key=key, data=b"x" * size) for place in range(1 if key else count)]
        seq += len(made)
        for one in made:
            singly.append(one)
        if key:
            together.append(made[0])
        else:
            together.extend(batch_of(made))
        if together.snapshot():
            assert together.snapshot() == singly.snapshot()
        assert together.size_bytes <= 300


async def test_a_batch_is_sent_at_once_and_behind_what_waits_of_its_stream() -> None:
    sent: list[list[AccessUnit]] = []
    gathering = Gathering(lambda units: sent.append(read_gathered(*gathered(units))))
    units = [replace(one, key=False) for one in UNITS]
    gathering.add_batch(batch_of(units[:3]))
    assert sent == [units[:3]]
    gathering.add(units[3])
    gathering.add_batch(batch_of(units[4:6]))
    gathering.add_batch(batch_of(units[6:7]))
    assert len(sent) == 1
    gathering.flush()
    assert sent[1:] == [units[3:7]]


def _got(wire: Wire, count: int) -> bool:
    return len(wire.got) == count


async def test_readers_of_both_speeds_get_the_units_of_a_batch() -> None:
    units = [replace(one, key=False) for one in UNITS[1:9]]
    for may_wait in (False, True):
        async with Wire(may_wait=may_wait) as wire:
            await wire.subscribed()
            wire.publish(UNITS[0])
            await eventually(partial(_got, wire, 1), what="the first unit")
            wire.publisher.publish_batch(batch_of(units[:5]))
            wire.publisher.publish_batch(batch_of(units[5:]))
            await eventually(partial(_got, wire, 9), what="the batches")
        assert wire.got == [UNITS[0], *units]


async def test_the_publisher_tells_of_each_stream_that_is_wanted_otherwise() -> None:
    async with Wire() as wire:
        told: list[tuple[bool, bool]] = []
        wire.publisher.tell(
            lambda stream: told.append((wire.publisher.wanted_at_once(stream), wire.publisher.wanted(stream)))
        )
        subscription = wire.subscriber.subscribe(STREAM, wire.got.append)
        await eventually(lambda: told == [(True, True)], what="who watches")
        subscription.close()
        await eventually(lambda: told == [(True, True), (False, False)], what="that nobody does")
