"""Lines that get the same chunks one after the other: the wire counts their numbers on by itself."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol

from mux.rtp.picture import Chunk
from mux.transport.core import JOB, Jobs
from mux.transport.delivery import CompiledDelivery
from mux.transport.destination import Line


class Together(Protocol):
    """Such lines, in an order of their own."""

    def __len__(self) -> int: ...

    def join(self, line: Line, time_base: int) -> None:
        """Take a line in. `time_base` is its RTP timestamp of what has the time 0."""
        ...

    def leave(self, line: Line) -> None:
        """Let a line go; its `index` is that of its next packet."""
        ...

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Line]:
        """Deliver to `count` lines from the `first` on. Those come back that the same chunk is to be
        delivered to again; their `full` is set, the indices of the others have gone on."""
        ...


class EachTogether:
    """By a function that delivers to lines: the reference, in Python."""

    def __init__(self, deliver: Callable[[Chunk, Sequence[Line]], None]) -> None:
        self._deliver = deliver
        self._lines: dict[Line, int] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def join(self, line: Line, time_base: int) -> None:
        self._lines[line] = time_base

    def leave(self, line: Line) -> None:
        del self._lines[line]

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Line]:
        lines = []
        for line, time_base in islice(self._lines.items(), first, first + count):
            line.timestamp = (time_base + time90) & 0xFFFFFFFF
            lines.append(line)
        self._deliver(chunk, lines)
        packets = len(chunk.packets)
        for line in lines:
            if not line.full:
                line.index += packets
        return [line for line in lines if line.full]


class CompiledTogether:
    """By the compiled core: a table that it counts on in itself. Its lines are of compiled sealers."""

    def __init__(self, delivery: CompiledDelivery, segmented: Callable[[], bool]) -> None:
        self._delivery = delivery
        self._segmented = segmented
        self._jobs = Jobs()
        self._lines: list[Line] = []
        self._places: dict[Line, int] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def join(self, line: Line, time_base: int) -> None:
        assert line.label is not None
        place = self._places[line] = len(self._lines)
        self._lines.append(line)
        self._jobs.hold(len(self._lines))
        base = time_base & 0xFFFFFFFF
        JOB.pack_into(self._jobs.table, place * JOB.size, line.index, base, line.label, 0, 0, 0)

    def leave(self, line: Line) -> None:
        table, size = self._jobs.table, JOB.size
        place = self._places.pop(line)
        line.index = JOB.unpack_from(table, place * size)[0]
        last = self._lines.pop()
        if last is not line:
            end = len(self._lines) * size
            table[place * size : (place + 1) * size] = table[end : end + size]
            self._lines[place], self._places[last] = last, place

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Line]:
        segmented = self._segmented()
        unsent = self._delivery.send(chunk, time90, self._jobs, first, count, segmented=segmented)
        lines = [self._lines[place] for place, _ in unsent]
        for line in lines:
            line.full = True
        return lines


class MixedTogether:
    """Compiled where a line's sealer is, by the reference where it is not."""

    def __init__(self, compiled: CompiledTogether, each: EachTogether) -> None:
        self._compiled = compiled
        self._each = each

    def __len__(self) -> int:
        return len(self._compiled) + len(self._each)

    def join(self, line: Line, time_base: int) -> None:
        self._of(line).join(line, time_base)

    def leave(self, line: Line) -> None:
        self._of(line).leave(line)

    def deliver(self, chunk: Chunk, time90: int, first: int, count: int) -> list[Line]:
        unsent, border = [], len(self._compiled)
        compiled = max(0, min(first + count, border) - first)
        if compiled:
            unsent += self._compiled.deliver(chunk, time90, first, compiled)
        if count > compiled:
            start = max(first, border) - border
            unsent += self._each.deliver(chunk, time90, start, count - compiled)
        return unsent

    def _of(self, line: Line) -> Together:
        return self._each if line.label is None else self._compiled
