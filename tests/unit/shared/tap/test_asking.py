"""What a reader asks for, of workers that send bundles, that only gather, and that are too old to."""

from pathlib import Path

import pytest

from shared import metrics
from shared.clock import SimulatedClock
from shared.tap import TapKeys
from shared.tap.asking import SILENT_LOOKS, Asking, Form
from shared.tap.bundle import bundled_topic
from shared.tap.keys import REREAD_NS, make_pair
from shared.tap.wire import gathered_topic, stream_topic
from tests.support.eventually import eventually
from tests.support.pictures import STREAM
from tests.unit.shared.wire import UNITS, Wire, age, server_keys, value

READER = bytes(range(16))
SINGLE, GATHERED = stream_topic(STREAM), gathered_topic(STREAM)
PATIENT, AT_ONCE = (bundled_topic(READER, STREAM, patient=patient) for patient in (True, False))


def asking(sent: list[bytes], *, may_wait: bool = True) -> Asking:
    return Asking(sent.append, READER, may_wait=may_wait)


def look(asks: Asking, times: int) -> None:
    for _ in range(times):
        asks.look()


def ask(*topics: bytes) -> list[bytes]:
    return [b"\x01" + topic for topic in topics]


def leave(*topics: bytes) -> list[bytes]:
    return [b"\x00" + topic for topic in topics]


@pytest.mark.parametrize(
    ("may_wait", "form", "dearer", "others"),
    [
        (True, Form.GATHERED, [SINGLE], [GATHERED, PATIENT]),
        (True, Form.BUNDLED, [SINGLE, GATHERED], [PATIENT]),
        (False, Form.BUNDLED, [SINGLE], [AT_ONCE]),
    ],
)
def test_dearer_forms_are_left_once_a_cheaper_one_came_and_asked_for_when_that_falls_silent(
    may_wait: bool, form: Form, dearer: list[bytes], others: list[bytes]
) -> None:
    sent = list[bytes]()
    asks = asking(sent, may_wait=may_wait)
    asked = asks.begin(STREAM)
    assert sent == ask(*dearer, *others)
    sent.clear()
    asks.heard(asked, form)
    asks.heard(asked, form)
    assert sent == leave(*dearer)
    sent.clear()
    # Units came before the first of these.
    look(asks, SILENT_LOOKS)
    assert not sent
    look(asks, 2)
    assert sent == ask(*dearer)


def test_a_worker_that_gathers_and_is_replaced_by_one_that_bundles_is_asked_for_bundles_alone() -> None:
    sent = list[bytes]()
    asks = asking(sent)
    asked = asks.begin(STREAM)
    asks.heard(asked, Form.GATHERED)
    asks.heard(asked, Form.BUNDLED)
    assert sent[3:] == leave(SINGLE, GATHERED)


def test_bundles_that_fall_silent_beside_gathered_units_are_not_waited_for() -> None:
    sent = list[bytes]()
    asks = asking(sent)
    asked = asks.begin(STREAM)
    asks.heard(asked, Form.BUNDLED)
    asks.look()
    sent.clear()
    # What was on its way when gathered units were left says nothing of bundles.
    asks.heard(asked, Form.GATHERED)
    look(asks, SILENT_LOOKS)
    assert sent == ask(SINGLE, GATHERED)


@pytest.mark.parametrize("may_wait", [False, True])
@pytest.mark.parametrize("form", list(Form))
def test_what_is_left_at_the_end_is_what_was_asked_for(may_wait: bool, form: Form) -> None:
    sent = list[bytes]()
    asks = asking(sent, may_wait=may_wait)
    asks.heard(asks.begin(STREAM), form)
    asks.end(STREAM)
    for topic in (SINGLE, GATHERED, PATIENT, AT_ONCE):
        assert sent.count(b"\x01" + topic) == sent.count(b"\x00" + topic)


@pytest.mark.parametrize("may_wait", [False, True])
async def test_a_reader_gets_every_unit_once_and_soon_in_bundles_alone(may_wait: bool) -> None:
    async with Wire(may_wait=may_wait) as wire:
        await wire.connected()
        for unit in UNITS[:15]:
            wire.publish(unit)
        await wire.subscribed()
        for unit in UNITS[15:20]:
            wire.publish(unit)
        await eventually(
            lambda: wire.publisher._wanted.isdisjoint((SINGLE, GATHERED)), what="the end of the dearer forms"
        )
        for unit in UNITS[20:]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 20, what="twenty units")
    assert wire.got == UNITS[10:]


@pytest.mark.parametrize("may_wait", [False, True])
async def test_a_worker_that_knows_no_bundles_is_heard_all_the_same(may_wait: bool) -> None:
    async with Wire(may_wait=may_wait) as wire:
        age(wire.publisher)
        await wire.subscribed()
        for unit in UNITS:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == len(UNITS), what="all units")
        least, left = (GATHERED, SINGLE) if may_wait else (SINGLE, GATHERED)
        await eventually(lambda: left not in wire.publisher._wanted, what="the cheapest form it knows")
        assert least in wire.publisher._wanted
    assert wire.got == UNITS


async def test_a_worker_that_gathers_nothing_is_heard_all_the_same() -> None:
    async with Wire(may_wait=True) as wire:
        age(wire.publisher)
        wire.publisher._gather = lambda unit: None  # type: ignore[method-assign]
        await wire.subscribed()
        for unit in UNITS:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == len(UNITS), what="all units")
        assert SINGLE in wire.publisher._wanted
    assert wire.got == UNITS


@pytest.mark.parametrize("may_wait", [False, True])
async def test_bundled_units_of_a_worker_whose_key_is_taken_away_are_refused(
    tmp_path: Path, may_wait: bool
) -> None:
    public, secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59350": public})
    clock = SimulatedClock()
    keys = TapKeys(public, secret, server_public)
    async with Wire(server, keys, clock=clock, may_wait=may_wait) as wire:
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


@pytest.mark.parametrize("may_wait", [False, True])
async def test_a_reader_that_knows_no_bundles_is_sent_what_it_knows(may_wait: bool) -> None:
    async with Wire(may_wait=may_wait) as wire:
        asks = wire.subscriber._asking
        asks._forms = asks._forms[:-1]
        await wire.subscribed()
        for unit in UNITS:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == len(UNITS), what="all units")
        assert wire.publisher._bundles.of(STREAM) is None
    assert wire.got == UNITS


async def test_a_reader_who_watches_is_sent_no_gathered_units() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        assert GATHERED not in wire.publisher._wanted
        readers = wire.publisher._bundles.of(STREAM)
        assert readers is not None
        assert not readers.patient
