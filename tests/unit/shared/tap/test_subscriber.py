import asyncio
from pathlib import Path

import pytest

from shared import metrics
from shared.clock import SimulatedClock, SystemClock
from shared.ids import StreamId
from shared.tap import Endpoint, Gap, TapKeys, TapPublisher, TapSubscriber
from shared.tap.asking import SILENT_LOOKS
from shared.tap.bundle import bundle, bundle_topic
from shared.tap.keys import REREAD_NS, make_pair
from shared.tap.reassembly import ASK_EVERY_NS
from shared.tap.wire import gathered, stream_topic, unit_header
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.ports import free_port
from tests.unit.shared.wire import UNITS, Wire, age, server_keys, value


async def test_a_late_reader_gets_the_recent_units_first_and_then_live_ones_in_order() -> None:
    async with Wire() as wire:
        await wire.connected()
        for unit in UNITS[:15]:
            wire.publish(unit)
        await wire.subscribed()
        for unit in UNITS[15:]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 20, what="twenty units")
    assert wire.got == UNITS[10:]


async def test_a_reader_is_told_where_the_recent_units_begin_and_end() -> None:
    async with Wire() as wire:
        await wire.connected()
        for unit in UNITS[:15]:
            wire.publish(unit)
        told: list[AccessUnit | Gap | bool] = []
        wire.subscriber.subscribe(STREAM, told.append, told.append)
        await eventually(lambda: len(told) == 7, what="five units, their beginning and their end")
    assert told == [True, *UNITS[10:15], False]


async def test_all_units_that_came_are_counted_when_their_reader_has_left() -> None:
    before = value(metrics.counter("tap_units_received_total", "Units received from the tap"))
    async with Wire() as wire:
        await wire.connected()
        for unit in UNITS[:15]:
            wire.publish(unit)
        subscription = wire.subscriber.subscribe(STREAM, wire.got.append)
        await eventually(lambda: len(wire.got) == 5, what="the recent units")
        subscription.close()
        assert value(metrics.counter("tap_units_received_total", "")) - before == 5


async def test_units_nobody_asked_for_are_not_sent() -> None:
    async with Wire() as wire:
        other = StreamId("59350", "cam-other")
        wire.subscriber.subscribe(other, wire.got.append)
        await eventually(lambda: wire.publisher.wanted(other), what="the other subscription")
        assert not wire.publisher.wanted(STREAM)


async def test_leaving_a_stream_ends_its_publication() -> None:
    async with Wire() as wire:
        subscription = wire.subscriber.subscribe(STREAM, wire.got.append)
        await eventually(lambda: wire.publisher.wanted(STREAM), what="the subscription")
        subscription.close()
        await eventually(lambda: not wire.publisher.wanted(STREAM), what="the end of the subscription")


async def test_a_reader_whose_publisher_comes_later_starts_at_a_key_unit() -> None:
    async with Wire() as wire:
        wire.subscriber.subscribe(STREAM, wire.got.append)
        await eventually(lambda: wire.publisher.wanted(STREAM), what="the subscription")
        for unit in UNITS[5:]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 20, what="the units from the first key unit on")
    assert wire.got == UNITS[10:]


async def test_a_worker_with_its_commune_s_key_publishes_over_curve(tmp_path: Path) -> None:
    public, secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59350": public})
    async with Wire(server, TapKeys(public, secret, server_public)) as wire:
        await wire.subscribed()
        for unit in UNITS[:10]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 10, what="ten units over CURVE")


@pytest.mark.parametrize("may_wait", [False, True])
async def test_a_worker_cannot_publish_another_commune_s_streams(tmp_path: Path, may_wait: bool) -> None:
    public, secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59512": public})
    async with Wire(server, TapKeys(public, secret, server_public), may_wait=may_wait) as wire:
        own = StreamId("59512", "cam-own")
        kept: list[AccessUnit | Gap] = []
        wire.subscriber.subscribe(own, kept.append)
        await wire.subscribed()
        for foreign, unit in zip(UNITS[:10], units(10, stream=own), strict=True):
            wire.publish(foreign)
            wire.publish(unit)
        await eventually(lambda: len(kept) == 10, what="the worker's own units")
    assert wire.got == []


async def test_a_worker_with_an_unknown_key_is_not_connected(tmp_path: Path) -> None:
    known, known_secret = make_pair()
    unknown, unknown_secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59350": known})
    async with Wire(server, TapKeys(unknown, unknown_secret, server_public)) as stranger:
        stranger.subscriber.subscribe(STREAM, stranger.got.append)
        good = TapPublisher(
            [Endpoint.parse(f"connect:tcp://127.0.0.1:{stranger.port}")],
            TapKeys(known, known_secret, server_public),
            lambda _stream: (),
        )
        await good.start()
        await eventually(lambda: good.wanted(STREAM), what="the known worker's subscription")
        await good.close()
        assert not stranger.publisher.wanted(STREAM)


async def test_the_loop_stays_free_while_a_long_group_is_answered() -> None:
    async with Wire() as wire:
        await wire.connected()
        for unit in units(250, gop=250):
            wire.publish(unit)
        await wire.subscribed()
        await asyncio.wait_for(eventually(lambda: len(wire.got) == 250, what="the whole group"), 5)


async def test_a_stream_asked_for_before_the_tap_was_started_is_sent() -> None:
    async with Wire(start_subscriber=False) as wire:
        wire.subscriber.subscribe(STREAM, wire.got.append)
        await wire.subscriber.start()
        await eventually(lambda: wire.publisher.wanted(STREAM), what="the subscription")


async def test_a_reader_that_leaves_in_the_middle_of_a_group_gets_nothing_more() -> None:
    async with Wire() as wire:
        await wire.connected()
        for unit in UNITS[:10]:
            wire.publish(unit)
        got: list[AccessUnit | Gap] = []

        def leave_after_three(item: AccessUnit | Gap) -> None:
            got.append(item)
            if len(got) == 3:
                subscription.close()

        subscription = wire.subscriber.subscribe(STREAM, leave_after_three)
        await eventually(lambda: len(got) >= 3, what="three units")
        await eventually(lambda: not wire.publisher.wanted(STREAM), what="the end of the subscription")
    assert len(got) == 3


async def test_leaving_twice_is_no_error() -> None:
    async with Wire() as wire:
        subscription = wire.subscriber.subscribe(STREAM, wire.got.append)
        subscription.close()
        subscription.close()


async def test_an_old_subscription_does_not_end_the_new_one() -> None:
    async with Wire() as wire:
        old = wire.subscriber.subscribe(STREAM, wire.got.append)
        old.close()
        await wire.subscribed()
        old.close()
        wire.publish(UNITS[0])
        await eventually(lambda: wire.got == UNITS[:1], what="a unit at the new subscription")


async def test_a_stream_has_one_reader_at_a_time() -> None:
    async with Wire() as wire:
        wire.subscriber.subscribe(STREAM, wire.got.append)
        with pytest.raises(ValueError, match="already"):
            wire.subscriber.subscribe(STREAM, wire.got.append)


async def test_the_centre_may_dial_and_the_commune_listen() -> None:
    port = free_port()
    publisher = TapPublisher([Endpoint.parse(f"bind:tcp://127.0.0.1:{port}")], None, lambda _stream: ())
    subscriber = TapSubscriber([Endpoint.parse(f"connect:tcp://127.0.0.1:{port}")], None, SystemClock())
    got: list[AccessUnit | Gap] = []
    await publisher.start()
    await subscriber.start()
    subscriber.subscribe(STREAM, got.append)
    await eventually(lambda: publisher.wanted(STREAM), what="the subscription")
    publisher.publish(UNITS[0])
    await eventually(lambda: got == UNITS[:1], what="a unit")
    await subscriber.close()
    await publisher.close()


async def test_a_worker_whose_key_is_taken_away_is_no_longer_heard(tmp_path: Path) -> None:
    public, secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59350": public})
    clock = SimulatedClock()
    async with Wire(server, TapKeys(public, secret, server_public), clock=clock) as wire:
        await wire.subscribed()
        wire.publish(UNITS[0])
        await eventually(lambda: len(wire.got) == 1, what="a unit while the key is there")
        (tmp_path / "59350.pub").unlink()
        await clock.advance(REREAD_NS / 1e9)
        refused = metrics.counter("tap_bad_messages_total", "")
        before = value(refused)
        wire.publish(UNITS[1])
        await eventually(lambda: value(refused) > before, what="the refusal")
    assert len(wire.got) == 1


def bundled(reader: TapSubscriber, parts: list[tuple[bytes, bytes]]) -> tuple[bytes, ...]:
    """The frames of a bundle for a reader, by header and data of each part."""
    return bundle_topic(reader._reader), bundle([part for part, _ in parts]), *(its for _, its in parts)


@pytest.mark.parametrize("may_wait", [False, True])
async def test_each_unit_of_a_bundle_is_taken_only_from_the_worker_that_may_publish_its_stream(
    tmp_path: Path, may_wait: bool
) -> None:
    public, secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59512": public})
    keys = TapKeys(public, secret, server_public)
    async with Wire(server, keys, may_wait=may_wait) as wire:
        own = StreamId("59512", "cam-own")
        kept: list[AccessUnit | Gap] = []
        wire.subscriber.subscribe(own, kept.append)
        await wire.subscribed()
        refused = metrics.counter("tap_bad_messages_total", "")
        before = value(refused)
        mine = units(4, stream=own)
        parts = [
            *(
                (unit_header(unit, recent=False), unit.data)
                for unit in (UNITS[0], mine[0], UNITS[1], mine[1])
            ),
            gathered(UNITS[2:4]),
        ]
        if may_wait:
            parts.append(gathered(mine[2:]))
        wire.publisher._send_units(bundled(wire.subscriber, parts), 6)
        expected = mine if may_wait else mine[:2]
        await eventually(lambda: len(kept) == len(expected), what="the worker's own units")
        assert value(refused) == before + 3
    assert (kept, wire.got) == (expected, [])


async def test_a_part_that_cannot_be_read_costs_no_other_part_of_its_bundle() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        refused = metrics.counter("tap_bad_messages_total", "")
        before = value(refused)
        good = [(unit_header(unit, recent=False), unit.data) for unit in UNITS[:2]]
        nested = bundle([part for part, _ in good])
        parts = [good[0], (b"noise", b"x"), (b"", b""), (nested, b"x"), good[1]]
        wire.publisher._send_units(bundled(wire.subscriber, parts), 2)
        wire.publisher._send_units((*bundled(wire.subscriber, good), b"too much"), 2)
        wire.publisher._send_units(bundled(wire.subscriber, good)[:-1], 2)
        wire.publisher._send_units((*bundled(wire.subscriber, good[:1]), b"no bundle"), 1)
        await eventually(lambda: value(refused) == before + 6, what="the refusals")
    assert wire.got == UNITS[:2]


async def test_a_reader_that_leaves_one_of_two_streams_goes_on_getting_the_other() -> None:
    async with Wire() as wire:
        other = StreamId("59350", "cam-two")
        kept: list[AccessUnit | Gap] = []
        subscription = wire.subscriber.subscribe(other, kept.append)
        await wire.subscribed()
        theirs = units(8, stream=other)
        for unit, their in zip(UNITS[:4], theirs[:4], strict=True):
            wire.publish(unit)
            wire.publish(their)
        await eventually(lambda: len(wire.got) == len(kept) == 4, what="four units of each")
        subscription.close()
        await eventually(lambda: not wire.publisher.wanted(other), what="the end of one")
        for unit, their in zip(UNITS[4:8], theirs[4:8], strict=True):
            wire.publish(unit)
            wire.publish(their)
        await eventually(lambda: len(wire.got) == 8, what="the other's units")
    assert (wire.got, kept) == (UNITS[:8], theirs[:4])


async def test_a_worker_that_was_replaced_by_an_older_one_is_heard_again() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        wire.publish(UNITS[0])
        single = stream_topic(STREAM)
        await eventually(lambda: single not in wire.publisher._wanted, what="bundles alone")
        await wire.publisher.close()
        wire.publisher = wire.new_publisher()
        age(wire.publisher)
        await wire.publisher.start()
        for _ in range(SILENT_LOOKS + 1):
            wire.subscriber._asking.look()
        await eventually(lambda: single in wire.publisher._wanted, what="single units asked for")
        for unit in units(3, run=2):
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 4, what="units of the older worker")
    assert wire.got[1:] == units(3, run=2)


@pytest.mark.parametrize("may_wait", [False, True])
async def test_a_bundle_that_is_lost_is_made_good_from_the_recent_units(may_wait: bool) -> None:
    clock = SimulatedClock()
    async with Wire(clock=clock, may_wait=may_wait) as wire:
        await wire.subscribed()
        wire.publish(UNITS[0])
        single = stream_topic(STREAM)
        await eventually(lambda: single not in wire.publisher._wanted, what="bundles alone")
        send = wire.publisher._pump.send
        wire.publisher._pump.send = lambda frames: not frames  # type: ignore[method-assign]
        wire.publish(UNITS[1])
        wire.publisher._gathering.flush()
        wire.publisher._bundles.flush()
        wire.publisher._pump.send = send  # type: ignore[method-assign]
        await clock.advance(ASK_EVERY_NS / 1e9)
        wire.publish(UNITS[2])
        await eventually(lambda: len(wire.got) == 3, what="the lost one and those around it")
        wire.publish(UNITS[3])
        await eventually(lambda: len(wire.got) == 4, what="the next one")
    assert wire.got == UNITS[:4]


async def test_who_is_to_be_told_of_a_message_is_told_before_its_units_are_given_on() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        told: list[int] = []
        wire.subscriber.woken(lambda: told.append(len(wire.got)))
        header = [(unit_header(unit, recent=False), unit.data) for unit in UNITS[:3]]
        wire.publisher._send_units(bundled(wire.subscriber, header), 3)
        await eventually(lambda: len(wire.got) == 3, what="three units")
    assert told == [0]
