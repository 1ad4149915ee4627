"""Reads the connections that nobody watches by turns: to be woken for each of their packets is what costs."""

import asyncio
import socket
import sys
from collections import Counter
from heapq import heappop, heappush
from typing import Protocol

from ingest.ports import Pace
from shared.log import get_logger
from shared.redact import redact

EVERY_S = {Pace.SOON: 0.4, Pace.LATER: 1.6}
"""How long the packets of a camera wait in the kernel at most. What is recorded waits so long that, with what
a recorder collects (`storage/recording/open_segment.py`), a kill of both takes less than a second. Where
nobody reads, it is as much as fits into what the kernel grants; that a camera is silent is told after 2 s,
when what has come is read first."""

_SLOT_S = 0.01
_TOGETHER = 24
"""So many connections are read at one go before another slot is opened: the loop is not held up for long."""

_MOST_READS = 8

_ROOM_BYTES = 1 << 20
_USED = 5
"""Of what the kernel grants for a camera, a turn is to bring a fifth at most, else the next one comes sooner:
no camera is to find our window full. Without a say in it (net.core.rmem_max) that is some 80 KiB."""

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

    def __init__(self, turns: "Turns", readable: Readable, file: int, every_s: float) -> None:
        self._turns, self._readable = turns, readable
        # Knows the connection's file without owning it: asked for what the transport does not tell.
        self._socket: socket.socket | None = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=file
        )
        if self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) < _ROOM_BYTES:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM_BYTES)
        self._much = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // _USED
        self.slot = 0
        self._every = self._slots = round(every_s / _SLOT_S)

    @property
    def left(self) -> bool:
        return self._socket is None

    def keep(self, every_s: float) -> None:
        """Be read so often from now on."""
        every = round(every_s / _SLOT_S)
        if every != self._every:
            self._every = every
            self._turns.again(self)

    def next_slots(self, taken: int) -> int:
        """After how many slots the next turn is, after one that brought so many bytes."""
        # Never suddenly much later: what a key picture brings is not known before.
        least = min(self._every, 2 * self._slots)
        self._slots = max(1, least if taken <= self._much else self._slots * self._much // taken)
        return self._slots

    def leave(self) -> None:
        """Read no more. To be called before the file is closed."""
        if self._socket is not None:
            self._socket.detach()
            self._socket = None

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
    """All connections of a loop that are read by turns, some at one go, each as often as is said or more."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Turn]] = []
        self._places: Counter[int] = Counter()
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_slot = 0

    def join(self, readable: Readable, file: int, every_s: float) -> Turn:
        """Read this connection from now on, whose transport reads nothing meanwhile."""
        turn = Turn(self, readable, file, every_s)
        self.put(turn, self._now(), turn.next_slots(0))
        return turn

    def again(self, turn: Turn) -> None:
        """A connection is to be read more or less often than before."""
        self.put(turn, self._now(), turn.next_slots(0))

    def put(self, turn: Turn, after: int, slots: int) -> None:
        """Let a turn be so many slots after that one, or somewhat sooner, together with others."""
        last = max(self._now() + 1, after + slots)
        near = range(last, max(self._now(), last - slots // 4 - 1), -1)
        turn.slot = next((slot for slot in near if 0 < self._places[slot] < _TOGETHER), last)
        self._places[turn.slot] += 1
        self._count += 1
        heappush(self._due, (turn.slot, self._count, turn))
        if self._timer is None or turn.slot < self._timer_slot:
            self._wait(turn.slot)

    @staticmethod
    def _now() -> int:
        return int(asyncio.get_running_loop().time() / _SLOT_S)

    def _wait(self, slot: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_slot = slot
        self._timer = asyncio.get_running_loop().call_at(slot * _SLOT_S, self._go)

    def _go(self) -> None:
        self._timer = None
        now = max(self._now(), self._timer_slot)
        while self._due and self._due[0][0] <= now:
            slot, _, turn = heappop(self._due)
            self._places.pop(slot, None)
            # One that was put elsewhere meanwhile is read there.
            if turn.left or turn.slot != slot:
                continue
            taken = turn.read()
            if not turn.left and turn.slot == slot:
                self.put(turn, slot, turn.next_slots(taken))
        if self._due and self._timer is None:
            self._wait(self._due[0][0])


def last_data_ago_ns(connection: socket.socket) -> int:
    """How long ago the last bytes came at least, and LOOSE_NS more at most."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    ago_ms = int.from_bytes(info[_LAST_DATA_AT : _LAST_DATA_AT + 4], sys.byteorder)
    return max(0, ago_ms - _TICK_MS) * 1_000_000
