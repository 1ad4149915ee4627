"""A reader who may wait: what it asks for, of workers that gather and of those too old to."""

from pathlib import Path

from shared import metrics
from shared.clock import SimulatedClock
from shared.tap import TapKeys
from shared.tap.keys import REREAD_NS, make_pair
from shared.tap.patience import SILENT_NS, Patience
from shared.tap.wire import gathered_topic, stream_topic
from tests.support.eventually import eventually
from tests.support.pictures import STREAM
from tests.unit.shared.wire import UNITS, Wire, server_keys, value

SINGLE, GATHERED = stream_topic(STREAM), gathered_topic(STREAM)


async def test_single_units_are_left_once_gathered_ones_came_and_asked_for_when_those_fall_silent() -> None:
    clock, sent = SimulatedClock(), list[bytes]()
    patience = Patience(sent.append, clock)
    patience.begin(STREAM)
    assert sent == [b"\x01" + SINGLE, b"\x01" + GATHERED]
    patience.heard(STREAM)
    patience.heard(STREAM)
    assert sent[2:] == [b"\x00" + SINGLE]
    await clock.advance(SILENT_NS / 1e9 - 0.1)
    patience.look()
    assert not sent[3:]
    await clock.advance(0.2)
    patience.look()
    patience.look()
    assert sent[3:] == [b"\x01" + SINGLE]


def test_what_is_left_at_the_end_is_what_was_asked_for() -> None:
    sent = list[bytes]()
    patience = Patience(sent.append, SimulatedClock())
    for comes in (False, True):
        patience.begin(STREAM)
        if comes:
            patience.heard(STREAM)
        patience.end(STREAM)
        for topic in (SINGLE, GATHERED):
            assert sent.count(b"\x01" + topic) == sent.count(b"\x00" + topic)


async def test_a_reader_who_may_wait_gets_every_unit_once_and_soon_in_gathered_messages_alone() -> None:
    async with Wire(may_wait=True) as wire:
        await wire.connected()
        for unit in UNITS[:15]:
            wire.publish(unit)
        await wire.subscribed()
        for unit in UNITS[15:20]:
            wire.publish(unit)
        await eventually(lambda: SINGLE not in wire.publisher._wanted, what="the end of single units")
        assert GATHERED in wire.publisher._wanted
        for unit in UNITS[20:]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 20, what="twenty units")
    assert wire.got == UNITS[10:]


async def test_a_worker_that_gathers_nothing_is_heard_all_the_same() -> None:
    async with Wire(may_wait=True) as wire:
        # What a worker does that does not know the topic.
        wire.publisher._gather = lambda unit: None  # type: ignore[method-assign]
        await wire.subscribed()
        for unit in UNITS:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == len(UNITS), what="all units")
        assert SINGLE in wire.publisher._wanted
    assert wire.got == UNITS


async def test_gathered_units_of_a_worker_whose_key_is_taken_away_are_refused(tmp_path: Path) -> None:
    public, secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59350": public})
    clock = SimulatedClock()
    async with Wire(server, TapKeys(public, secret, server_public), clock=clock, may_wait=True) as wire:
        await wire.subscribed()
        wire.publish(UNITS[0])
        await eventually(lambda: SINGLE not in wire.publisher._wanted, what="the end of single units")
        (tmp_path / "59350.pub").unlink()
        await clock.advance(REREAD_NS / 1e9)
        refused = metrics.counter("tap_bad_messages_total", "")
        before = value(refused)
        wire.publish(UNITS[1])
        await eventually(lambda: value(refused) > before, what="the refusal")
    assert wire.got == UNITS[:1]


async def test_a_reader_who_watches_is_sent_no_gathered_units() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        assert GATHERED not in wire.publisher._wanted
