"""Both ends of the tap on loopback, and what they need."""

from pathlib import Path

from prometheus_client import Counter

from shared.clock import Clock, SystemClock
from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.tap import Endpoint, Gap, TapKeys, TapPublisher, TapSubscriber
from shared.tap.bundling import Bundles
from shared.tap.keys import make_pair
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.ports import free_port

UNITS = units(30, gop=10)


class Wire:
    """A subscriber that binds and a publisher that dials it, as in a centre and a commune."""

    def __init__(
        self,
        subscriber_keys: TapKeys | None = None,
        publisher_keys: TapKeys | None = None,
        *,
        clock: Clock | None = None,
        start_subscriber: bool = True,
        may_wait: bool = False,
    ) -> None:
        self.port = free_port()
        self.recent: dict[StreamId, RecentUnits] = {}
        self._subscriber_keys, self._publisher_keys = subscriber_keys, publisher_keys
        self._clock = clock or SystemClock()
        self._start_subscriber = start_subscriber
        self._may_wait = may_wait
        self.subscriber = self.new_subscriber()
        self.publisher = self.new_publisher()
        self.got: list[AccessUnit | Gap] = []

    def new_subscriber(self) -> TapSubscriber:
        endpoint = Endpoint.parse(f"bind:tcp://127.0.0.1:{self.port}")
        return TapSubscriber([endpoint], self._subscriber_keys, self._clock, may_wait=self._may_wait)

    def new_publisher(self) -> TapPublisher:
        return TapPublisher(
            [Endpoint.parse(f"connect:tcp://127.0.0.1:{self.port}")],
            self._publisher_keys,
            lambda stream: self.recent[stream].snapshot() if stream in self.recent else (),
        )

    async def __aenter__(self) -> "Wire":
        if self._start_subscriber:
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


class NoBundles(Bundles):
    """A worker too old for bundles takes their topics for those of streams that it has not."""

    def told(self, topic: bytes, asked: bool) -> StreamId | None:
        return None


def age(publisher: TapPublisher) -> None:
    """Make a publisher one that does not know bundles."""
    publisher._bundles = NoBundles(publisher._send_units, SystemClock())


def server_keys(folder: Path, allowed: dict[str, bytes]) -> tuple[TapKeys, bytes]:
    """The keys of a side that binds and lets these communes' workers in, and its public key."""
    public, secret = make_pair()
    for commune, key in allowed.items():
        (folder / f"{commune}.pub").write_bytes(key)
    return TapKeys(public, secret, peers_dir=folder), public


def value(counter: Counter) -> float:
    """What a counter without labels stands at."""
    sample = next(sample for metric in counter.collect() for sample in metric.samples)
    return float(sample.value)
