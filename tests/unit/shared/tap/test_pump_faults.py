"""The tap when something goes wrong: losses, restarts, noise, floods."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import zmq

from shared import metrics
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.tap import Endpoint, Gap, TapKeys, TapSubscriber, pump
from shared.tap.keys import make_pair
from shared.tap.pump import QUEUE_MESSAGES
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.unit.shared.wire import UNITS, Wire, server_keys, value


async def test_a_taken_port_is_said_in_one_sentence() -> None:
    async with Wire() as wire:
        second = TapSubscriber([Endpoint.parse(f"bind:tcp://127.0.0.1:{wire.port}")], None, SystemClock())
        with pytest.raises(Unavailable, match="cannot bind"):
            await second.start()
        await second.close()


async def test_garbage_from_a_peer_does_not_stop_the_stream() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        rogue = context.socket(zmq.XPUB)
        rogue.setsockopt(zmq.LINGER, 0)
        rogue.connect(f"tcp://127.0.0.1:{wire.port}")
        await eventually(lambda: rogue.poll(0) > 0, what="the subscription at the rogue")
        topic = b"u" + str(STREAM).encode() + b"\0"
        for frames in ([topic], [topic, b"x", b"y"], [topic, b"x", b"y", b"z"]):
            rogue.send_multipart(frames)
        for unit in UNITS[:10]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 10, what="the real units")
        context.destroy(linger=0)


_GREETING = b"\xff" + bytes(8) + b"\x7f\x03\0NULL" + bytes(16) + b"\0" + bytes(31)
_READY = b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04XPUB"


async def _ended(port: int, said: bytes) -> bool:
    """Whether the tap ends a connection that says this much and is silent from then on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    try:
        async with asyncio.timeout(10):
            while await reader.read(4096):
                pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    finally:
        writer.close()
    return True


@pytest.mark.parametrize("curve", [False, True], ids=["bare", "with keys"])
async def test_connections_that_never_say_who_they_are_end_and_stop_no_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, curve: bool
) -> None:
    monkeypatch.setattr(pump, "HANDSHAKE_MS", 300)
    public, secret = make_pair()
    server, server_public = server_keys(tmp_path, {"59350": public})
    keys = (server, TapKeys(public, secret, server_public)) if curve else ()
    async with Wire(*keys) as wire:
        said = [b"", b"\xff", _GREETING[:11], _GREETING[:63], _GREETING] * 12
        if curve:
            # Without keys ZeroMQ takes it for a peer of its first version: on loopback only.
            said += [b"GET / HTTP/1.1\r\n"] * 12
        ended = asyncio.gather(*(_ended(wire.port, one) for one in said))
        await wire.subscribed()
        wire.publish(UNITS[0])
        await eventually(lambda: wire.got == UNITS[:1], what="the unit of the real worker")
        assert await ended == [True] * len(said)


async def test_a_peer_that_falls_silent_once_it_was_let_in_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "HEARTBEAT_MS", 100)
    monkeypatch.setattr(pump, "SILENT_MS", 300)
    async with Wire() as wire:
        await wire.subscribed()
        assert await _ended(wire.port, _GREETING + _READY)


async def test_a_reader_that_fails_stops_no_other_reader() -> None:
    def fail(_item: AccessUnit | Gap) -> None:
        raise RuntimeError("a fault nobody foresaw")

    async with Wire() as wire:
        other = StreamId("59350", "cam-other")
        wire.subscriber.subscribe(other, fail)
        await wire.subscribed()
        for bad, good in zip(units(10, stream=other), UNITS[:10], strict=True):
            wire.publish(bad)
            wire.publish(good)
        await eventually(lambda: len(wire.got) == 10, what="ten units at the good reader")


async def test_a_publisher_that_comes_back_is_heard_again_from_a_key_unit() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        for unit in UNITS[:5]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 5, what="five units")
        await wire.publisher.close()
        wire.publisher = wire.new_publisher()
        await wire.publisher.start()
        await eventually(lambda: wire.publisher.wanted(STREAM), what="the subscription at the new publisher")
        again = units(3, run=2)
        for unit in again:
            wire.publish(unit)
        await eventually(lambda: wire.got[5:] == again, what="the units of the next run")


async def test_a_reader_that_comes_back_starts_with_the_recent_units() -> None:
    made = units(200, gop=200)
    sent = 15
    async with Wire() as wire:
        await wire.connected()
        for unit in made[:15]:
            wire.publish(unit)
        await wire.subscriber.close()
        wire.subscriber = wire.new_subscriber()
        await wire.subscriber.start()
        await wire.subscribed()

        def caught_up() -> bool:
            nonlocal sent
            wire.publish(made[sent])
            sent += 1
            return len(wire.got) >= sent - 1

        await eventually(caught_up, what="the current group and what follows")
    assert wire.got == made[: len(wire.got)]


async def test_a_lost_unit_is_counted() -> None:
    lost = metrics.counter("tap_units_lost_total", "")
    before = value(lost)
    async with Wire() as wire:
        await wire.subscribed()
        for unit in [*UNITS[:3], *UNITS[10:12]]:
            wire.publisher.publish(unit)
        await eventually(lambda: len(wire.got) == 6, what="three units, a gap and two units")
    assert value(lost) - before == 7


async def test_a_reader_of_more_streams_than_a_queue_holds_is_sent_them_all() -> None:
    async with Wire() as wire:
        streams = [StreamId("59350", f"cam-{number}") for number in range(QUEUE_MESSAGES + 500)]
        for stream in streams:
            wire.subscriber.subscribe(stream, wire.got.append)
        await wire.publisher.close()
        wire.publisher = wire.new_publisher()
        await wire.publisher.start()
        await eventually(lambda: all(map(wire.publisher.wanted, streams)), what="every subscription")


async def test_a_reader_that_stands_still_goes_on_at_a_key_unit_after_each_gap() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        data = bytes(20_000)
        flood = QUEUE_MESSAGES * 5
        # Nothing is read while this loop runs: the queues of both sides and the socket between them fill up.
        for seq in range(flood):
            wire.publish(replace(UNITS[1], seq=seq, key=seq % 100 == 0, data=data))
        live = flood

        def goes_on() -> bool:
            nonlocal live
            # Several a look, since looks become seldom: a group of pictures is not to take seconds.
            for seq in range(live, live + 20):
                wire.publish(replace(UNITS[1], seq=seq, key=seq % 100 == 0, data=data))
            live += 20
            return bool(wire.got) and seq_of(wire.got[-1]) >= flood + 100

        await eventually(goes_on, within_s=30, what="the live units after the flood")
    gaps = [at for at, item in enumerate(wire.got) if isinstance(item, Gap)]
    after = [wire.got[at + 1] for at in gaps]
    assert gaps
    assert all(isinstance(item, AccessUnit) and item.key for item in after)


async def test_many_questions_and_units_at_once_lose_no_wake_up() -> None:
    async with Wire() as wire:
        streams = [StreamId("59350", f"cam-{number}") for number in range(200)]
        got: dict[StreamId, list[AccessUnit | Gap]] = {stream: [] for stream in streams}
        for stream in streams:
            wire.recent[stream] = RecentUnits()
            wire.recent[stream].append(replace(UNITS[0], stream=stream))
        await wire.connected()
        for stream in streams:
            wire.subscriber.subscribe(stream, got[stream].append)
        await eventually(lambda: all(map(wire.publisher.wanted, streams)), what="the subscriptions")
        for seq in range(1, 21):
            for stream in streams:
                wire.publish(replace(UNITS[1], stream=stream, seq=seq))
            await asyncio.sleep(0)
        await eventually(
            lambda: all(items and seq_of(items[-1]) == 20 for items in got.values()),
            what="the last unit of every stream",
        )
    assert not any(isinstance(item, Gap) for items in got.values() for item in items)


def seq_of(item: AccessUnit | Gap) -> int:
    return item.seq if isinstance(item, AccessUnit) else -1
