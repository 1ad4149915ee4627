"""Destinations that get the same chunks one after the other: their packet numbers are counted on here."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol

from mux.rtp.picture import Chunk
from mux.transport.core import JOB, Jobs
from mux.transport.delivery import CompiledDelivery
from mux.transport.destination import Destination


class LockstepDestinations(Protocol):
    """The destinations of a lockstep group, in an order of their own."""

    def __len__(self) -> int: ...

    def join(self, destination: Destination, time_base: int) -> None:
        """Take a destination in. `time_base` is its RTP timestamp of what has the time 0."""
        ...

    def leave(self, destination: Destination) -> None:
        """Let a destination go; its `index` is that of its next packet."""
        ...

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Destination]:
        """Deliver to `count` destinations from the `first` on. Return those that had no room: their `full` is
        set, and the same chunk is to be delivered again. The indices of the others have gone on."""
        ...


class EachDestination:
    """Delivers by a function to one destination after the other: the reference, in Python."""

    def __init__(self, deliver: Callable[[Chunk, Sequence[Destination]], None]) -> None:
        self._deliver = deliver
        self._destinations: dict[Destination, int] = {}

    def __len__(self) -> int:
        return len(self._destinations)

    def join(self, destination: Destination, time_base: int) -> None:
        self._destinations[destination] = time_base

    def leave(self, destination: Destination) -> None:
        del self._destinations[destination]

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Destination]:
        destinations = []
        for destination, time_base in islice(self._destinations.items(), first, first + count):
            destination.timestamp = (time_base + time90) & 0xFFFFFFFF
            destinations.append(destination)
        self._deliver(chunk, destinations)
        packets = chunk.count
        for destination in destinations:
            if not destination.full:
                destination.index += packets
        return [destination for destination in destinations if destination.full]


class CompiledDestinations:
    """Delivers by the compiled core, which counts on in a table of jobs. Every sealer here is compiled."""

    def __init__(self, delivery: CompiledDelivery, segmented: Callable[[], bool]) -> None:
        self._delivery = delivery
        self._segmented = segmented
        self._jobs = Jobs()
        self._destinations: list[Destination] = []
        self._places: dict[Destination, int] = {}

    def __len__(self) -> int:
        return len(self._destinations)

    def join(self, destination: Destination, time_base: int) -> None:
        assert destination.label is not None
        place = self._places[destination] = len(self._destinations)
        self._destinations.append(destination)
        self._jobs.hold(len(self._destinations))
        base = time_base & 0xFFFFFFFF
        JOB.pack_into(self._jobs.table, place * JOB.size, destination.index, base, destination.label, 0, 0, 0)

    def leave(self, destination: Destination) -> None:
        table, size = self._jobs.table, JOB.size
        place = self._places.pop(destination)
        destination.index = JOB.unpack_from(table, place * size)[0]
        last = self._destinations.pop()
        if last is not destination:
            end = len(self._destinations) * size
            table[place * size : (place + 1) * size] = table[end : end + size]
            self._destinations[place], self._places[last] = last, place

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Destination]:
        segmented = self._segmented()
        unsent = self._delivery.send(chunk, time90, self._jobs, first, count, segmented=segmented)
        destinations = [self._destinations[place] for place, _ in unsent]
        for destination in destinations:
            destination.full = True
        return destinations


class MixedDestinations:
    """Delivers by the compiled core where a destination's sealer is compiled, else by the reference."""

    def __init__(self, compiled: CompiledDestinations, each: EachDestination) -> None:
        self._compiled = compiled
        self._each = each

    def __len__(self) -> int:
        return len(self._compiled) + len(self._each)

    def join(self, destination: Destination, time_base: int) -> None:
        self._of(destination).join(destination, time_base)

    def leave(self, destination: Destination) -> None:
        self._of(destination).leave(destination)

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Destination]:
        unsent, border = [], len(self._compiled)
        compiled = max(0, min(first + count, border) - first)
        if compiled:
            unsent += self._compiled.deliver(chunk, time90, first, compiled)
        if count > compiled:
            start = max(first, border) - border
            unsent += self._each.deliver(chunk, time90, start, count - compiled)
        return unsent

    def _of(self, destination: Destination) -> LockstepDestinations:
        return self._each if destination.label is None else self._compiled
