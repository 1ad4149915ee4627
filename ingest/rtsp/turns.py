"""Reads the connections that nobody watches by turns: to be woken for each of their packets is what costs."""

import asyncio
import socket
import sys
from collections import Counter
from heapq import heappop, heappush
from typing import Protocol

from shared.log import get_logger
from shared.redact import redact

TURN_S = 0.2
"""How long the packets of a camera wait in the kernel at most."""

_SLOTS = 20
_SLOT_S = TURN_S / _SLOTS
_TOGETHER = 16
"""So many connections are read at one go before another slot is opened: the loop is not held up for long."""

_MOST_READS = 8
_MUCH_BYTES = 48 << 10
"""Where a turn brought more than that, the next one comes sooner: no camera is to find our window full."""

TOLD = sys.platform == "linux"
"""Whether the system tells when bytes came that are read later."""

_INFO_BYTES = 104
_LAST_DATA_AT = 8 + 11 * 4
_TICK_MS = 10
"""The kernel's clock for it, at its coarsest."""


class Readable(Protocol):
    """A connection whose transport reads nothing."""

    @property
    def open(self) -> bool:
        """Whether its file is still its own."""
        ...

    def get_buffer(self, sizehint: int) -> memoryview: ...

    def calm_read(self, nbytes: int, ago_ns: int) -> None:
        """So many bytes are in the buffer, the last of which came so long ago."""
        ...

    def calm_end(self, error: Exception | None) -> None:
        """The other side has ended, or the connection has broken."""
        ...


class Turn:
    """One connection's place, until `leave`."""

    def __init__(self, turns: "Turns", readable: Readable, file: int) -> None:
        self._turns, self._readable = turns, readable
        # Knows the connection's file without owning it: asked for what the transport does not tell.
        self._socket: socket.socket | None = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=file
        )
        self.slot = 0

    @property
    def left(self) -> bool:
        return self._socket is None

    def leave(self) -> None:
        """Read no more. To be called before the file is closed."""
        if self._socket is not None:
            self._socket.detach()
            self._socket = None
            self._turns.left(self)

    def read(self) -> int:
        """Take what has come; how many bytes that was. Never raises."""
        try:
            return self._read()
        except Exception as error:  # A supervisor: a fault with one camera must not end the others' turns.
            get_logger("ingest.turns").error("camera-failed", reason=redact(repr(error)))
            self._readable.calm_end(error)
            return 0

    def _read(self) -> int:
        total = 0
        for _ in range(_MOST_READS):
            if self._socket is None or not self._readable.open:
                break
            room = self._readable.get_buffer(-1)
            try:
                taken = self._socket.recv_into(room, 0, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            except InterruptedError:
                continue
            except OSError as error:
                self._readable.calm_end(error)
                break
            if not taken:
                self._readable.calm_end(None)
                break
            total += taken
            self._readable.calm_read(taken, last_data_ago_ns(self._socket))
            if taken < len(room):
                break
        return total


class Turns:
    """All connections of a loop that are read by turns, a few at one go, each every TURN_S or sooner."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Turn]] = []
        self._places: Counter[int] = Counter()
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_slot = 0

    def join(self, readable: Readable, file: int) -> Turn:
        """Read this connection from now on, whose transport reads nothing meanwhile."""
        turn = Turn(self, readable, file)
        now = self._now()
        places = range(now + 1, now + 1 + _SLOTS)
        shared = (slot for slot in places if 0 < self._places[slot % _SLOTS] < _TOGETHER)
        self._put(turn, next(shared, min(places, key=lambda slot: self._places[slot % _SLOTS])))
        return turn

    def left(self, turn: Turn) -> None:
        self._places[turn.slot % _SLOTS] -= 1

    @staticmethod
    def _now() -> int:
        return int(asyncio.get_running_loop().time() / _SLOT_S)

    def _put(self, turn: Turn, slot: int) -> None:
        turn.slot = slot
        self._places[slot % _SLOTS] += 1
        self._count += 1
        heappush(self._due, (slot, self._count, turn))
        if self._timer is None or slot < self._timer_slot:
            self._wait(slot)

    def _wait(self, slot: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_slot = slot
        self._timer = asyncio.get_running_loop().call_at(slot * _SLOT_S, self._go)

    def _go(self) -> None:
        self._timer = None
        now = max(self._now(), self._timer_slot)
        while self._due and self._due[0][0] <= now:
            _, _, turn = heappop(self._due)
            taken = 0 if turn.left else turn.read()
            if turn.left:
                continue
            self._places[turn.slot % _SLOTS] -= 1
            sooner = 1 + min(3, taken // _MUCH_BYTES)
            self._put(turn, now + _SLOTS // sooner)
        if self._due and self._timer is None:
            self._wait(self._due[0][0])


def last_data_ago_ns(connection: socket.socket) -> int:
    """How long ago the last bytes came at least, and LOOSE_NS more at most."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    ago_ms = int.from_bytes(info[_LAST_DATA_AT : _LAST_DATA_AT + 4], sys.byteorder)
    return max(0, ago_ms - _TICK_MS) * 1_000_000
