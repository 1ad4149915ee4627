import asyncio
from pathlib import Path

import pytest
import zmq

from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.tap import Endpoint, Gap, TapKeys, TapPublisher, TapSubscriber
from shared.tap.keys import make_pair
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.ports import free_port

UNITS = units(30, gop=10)


class Wire:
    """A subscriber that binds and a publisher that dials it, as in a centre and a commune."""

    def __init__(
        self, subscriber_keys: TapKeys | None = None, publisher_keys: TapKeys | None = None, port: int = 0
    ) -> None:
        self.port = port or free_port()
        self.recent: dict[StreamId, RecentUnits] = {}
        self.subscriber = TapSubscriber(
            [Endpoint.parse(f"bind:tcp://127.0.0.1:{self.port}")], subscriber_keys, SystemClock()
        )
        self.publisher = TapPublisher(
            [Endpoint.parse(f"connect:tcp://127.0.0.1:{self.port}")],
            publisher_keys,
            lambda stream: self.recent[stream].snapshot() if stream in self.recent else (),
        )
        self.got: list[AccessUnit | Gap] = []

    async def __aenter__(self) -> "Wire":
        await self.subscriber.start()
        await self.publisher.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.publisher.close()
        await self.subscriber.close()

    def publish(self, unit: AccessUnit) -> None:
        self.recent.setdefault(unit.stream, RecentUnits()).append(unit)
        self.publisher.publish(unit)

    async def connected(self) -> None:
        other = StreamId("59350", "cam-connected")
        self.subscriber.subscribe(other, self.got.append)
        await eventually(lambda: self.publisher.wanted(other), what="the connection")

    async def subscribed(self) -> None:
        self.subscriber.subscribe(STREAM, self.got.append)
        await eventually(lambda: self.publisher.wanted(STREAM), what="the subscription at the publisher")


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


def _server_keys(folder: Path, allowed: dict[str, bytes]) -> tuple[TapKeys, bytes]:
    public, secret = make_pair()
    for commune, key in allowed.items():
        (folder / f"{commune}.pub").write_bytes(key)
    return TapKeys(public, secret, peers_dir=folder), public


async def test_a_worker_with_its_commune_s_key_publishes_over_curve(tmp_path: Path) -> None:
    public, secret = make_pair()
    server, server_public = _server_keys(tmp_path, {"59350": public})
    async with Wire(server, TapKeys(public, secret, server_public)) as wire:
        await wire.subscribed()
        for unit in UNITS[:10]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 10, what="ten units over CURVE")


async def test_a_worker_cannot_publish_another_commune_s_streams(tmp_path: Path) -> None:
    public, secret = make_pair()
    server, server_public = _server_keys(tmp_path, {"59512": public})
    async with Wire(server, TapKeys(public, secret, server_public)) as wire:
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
    server, server_public = _server_keys(tmp_path, {"59350": known})
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


async def test_a_taken_port_is_said_in_one_sentence() -> None:
    async with Wire() as wire:
        second = TapSubscriber([Endpoint.parse(f"bind:tcp://127.0.0.1:{wire.port}")], None, SystemClock())
        with pytest.raises(Unavailable, match="cannot bind"):
            await second.start()
        await second.close()


async def test_garbage_from_a_peer_does_not_stop_the_stream() -> None:
    async with Wire() as wire:
        await wire.subscribed()
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context.instance()
        rogue = context.socket(zmq.XPUB)
        rogue.setsockopt(zmq.LINGER, 0)
        rogue.connect(f"tcp://127.0.0.1:{wire.port}")
        await eventually(lambda: rogue.poll(0) > 0, what="the subscription at the rogue")
        for frames in (
            [b"u" + str(STREAM).encode() + b"\0"],
            [b"u" + str(STREAM).encode() + b"\0", b"x", b"y"],
        ):
            rogue.send_multipart(frames)
        for unit in UNITS[:10]:
            wire.publish(unit)
        await eventually(lambda: len(wire.got) == 10, what="the real units")
        rogue.close()


async def test_the_loop_stays_free_while_a_long_group_is_answered() -> None:
    async with Wire() as wire:
        await wire.connected()
        for unit in units(250, gop=250):
            wire.publish(unit)
        await wire.subscribed()
        await asyncio.wait_for(eventually(lambda: len(wire.got) == 250, what="the whole group"), 5)
