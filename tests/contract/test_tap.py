"""What a reader of the tap may rest on, held by the tap over ZeroMQ and by the fake of the unit tests."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Protocol

import pytest

from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.tap import Gap
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.tap import FakeTap
from tests.unit.shared.wire import Wire

UNITS = units(6, gop=3)
OTHER = StreamId("59350", "cam-other")
MARK = StreamId("59350", "cam-mark")
Sink = Callable[[AccessUnit | Gap], None]
Told = list[AccessUnit | Gap | bool]


class Closes(Protocol):
    def close(self) -> None: ...


class Tap(ABC):
    """One tap, with its other end in the test's hand."""

    @abstractmethod
    def subscribe(self, stream: StreamId, sink: Sink, answering: Callable[[bool], None]) -> Closes:
        """What mux and storage call."""

    @abstractmethod
    async def read(self, sink: Sink, told: Sequence[AccessUnit] = (), stream: StreamId = STREAM) -> Closes:
        """Subscribe where these units are recent; return once what comes live would reach the sink."""

    @abstractmethod
    async def bring(self, *came: AccessUnit) -> None:
        """Let units come live; return once each has reached whoever reads its stream."""


class Faked(Tap):
    def __init__(self) -> None:
        self._tap = FakeTap()

    def subscribe(self, stream: StreamId, sink: Sink, answering: Callable[[bool], None]) -> Closes:
        return self._tap.subscribe(stream, sink, answering)

    async def read(self, sink: Sink, told: Sequence[AccessUnit] = (), stream: StreamId = STREAM) -> Closes:
        subscription = self.subscribe(stream, sink, _into(sink))
        if told:
            self._tap.answer(stream, *told)
        return subscription

    async def bring(self, *came: AccessUnit) -> None:
        self._tap.give(*came)


class Real(Tap):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._marks: list[object] = []

    def subscribe(self, stream: StreamId, sink: Sink, answering: Callable[[bool], None]) -> Closes:
        return self._wire.subscriber.subscribe(stream, sink, answering)

    async def read(self, sink: Sink, told: Sequence[AccessUnit] = (), stream: StreamId = STREAM) -> Closes:
        for unit in told:
            self._wire.recent.setdefault(stream, RecentUnits()).append(unit)
        subscription = self.subscribe(stream, sink, _into(sink))
        await eventually(lambda: self._wire.publisher.wanted(stream), what="the subscription")
        return subscription

    async def bring(self, *came: AccessUnit) -> None:
        # One connection keeps the order: behind the mark's coming nothing of these is on its way.
        if not self._marks:
            self.subscribe(MARK, self._marks.append, lambda _coming: None)
            await eventually(lambda: self._wire.publisher.wanted(MARK), what="the mark's subscription")
        for unit in came:
            self._wire.publisher.publish(unit)
        seen = len(self._marks)
        self._wire.publisher.publish(replace(UNITS[0], stream=MARK, seq=seen))
        await eventually(lambda: len(self._marks) > seen, what="the mark")


def _into(sink: Sink) -> Callable[[bool], None]:
    """Notes what is told of recent units where the units go, if that is a list of the test."""
    noted = getattr(sink, "__self__", None)
    return noted.append if isinstance(noted, list) else lambda _coming: None


@pytest.fixture(params=["fake", "real"])
async def tap(request: pytest.FixtureRequest) -> AsyncIterator[Tap]:
    if request.param == "fake":
        yield Faked()
        return
    async with Wire() as wire:
        await wire.connected()
        yield Real(wire)


async def test_live_units_come_in_order_to_the_reader_of_their_stream(tap: Tap) -> None:
    got: Told = []
    others: Told = []
    await tap.read(got.append)
    await tap.read(others.append, stream=OTHER)
    foreign = replace(UNITS[0], stream=OTHER)
    await tap.bring(UNITS[0], foreign, *UNITS[1:])
    assert [unit for unit in got if not isinstance(unit, bool)] == UNITS
    assert [unit for unit in others if not isinstance(unit, bool)] == [foreign]


async def test_recent_units_come_between_the_word_that_they_come_and_that_they_were_all(tap: Tap) -> None:
    got: Told = []
    await tap.read(got.append, UNITS[:2])
    await eventually(lambda: False in got, what="the end of the answer")
    assert got == [True, *UNITS[:2], False]


async def test_who_has_closed_is_given_nothing_more(tap: Tap) -> None:
    got: Told = []
    (await tap.read(got.append)).close()
    await tap.bring(*UNITS)
    assert [unit for unit in got if not isinstance(unit, bool)] == []


async def test_who_closes_at_a_unit_is_given_no_other(tap: Tap) -> None:
    got: list[AccessUnit | Gap] = []

    def once(item: AccessUnit | Gap) -> None:
        got.append(item)
        subscription.close()

    subscription = await tap.read(once)
    await tap.bring(*UNITS)
    assert got == UNITS[:1]


async def test_a_stream_has_one_reader_at_a_time(tap: Tap) -> None:
    await tap.read(lambda _item: None)
    with pytest.raises(ValueError, match="subscribed already"):
        tap.subscribe(STREAM, lambda _item: None, lambda _coming: None)


async def test_closing_twice_ends_nobody_else_s_reading(tap: Tap) -> None:
    first = await tap.read(lambda _item: None)
    first.close()
    got: Told = []
    await tap.read(got.append)
    first.close()
    await tap.bring(*UNITS)
    assert [unit for unit in got if not isinstance(unit, bool)] == UNITS
