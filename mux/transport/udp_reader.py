"""When datagrams of viewers are read: at once, or several together where nothing depends on them.

To wake a sleeping process costs several times what one report does. Viewers whose links are calm would wake
it for each report and each check, a few every second of each. So datagrams are read at once while a start or
a retransmission depends on them; otherwise they are read with the next picture that goes out, or REST_S later
at the latest. The kernel notes when each datagram came.
"""

import asyncio
import socket
import struct
from collections.abc import Callable

from mux.transport.stun import Address
from shared.clock import Clock

REST_S = 0.045
"""The longest that a datagram waits: a little more than from one picture to the next."""

ATTENTIVE_NS = 3_000_000_000
"""So long all is read at once after somebody has needed it."""

MANY = 60
"""Datagrams in a second that are worth it: a rest wakes the process some twenty times itself."""

_LOOK_NS = 8_000_000
_SECOND_NS = 1_000_000_000
_MAX_DATAGRAM_BYTES = 2048
# Handshakes take a millisecond each: timers and pictures get their turn between batches.
_MAX_READS = 32
_TIMESTAMPNS = 35
"""SO_TIMESTAMPNS of socket(7): Linux, where time is 64 bits."""
_STAMP = struct.Struct("=qq")
_STAMP_ROOM = socket.CMSG_SPACE(_STAMP.size)

Received = Callable[[bytes, Address, int], None]
"""A datagram, where it came from, and how long it has waited here in nanoseconds."""


class UdpReader:
    """The reading side of a bound socket, in the loop's thread."""

    def __init__(self, udp: socket.socket, received: Received, clock: Clock) -> None:
        self._socket = udp
        self._received = received
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._stamps = _has_stamps(udp)
        self._rest: asyncio.TimerHandle | None = None
        self._looks = False
        self._read_ns = self._since_ns = clock.monotonic_ns()
        self._until_ns = self._since_ns + ATTENTIVE_NS
        self._count = 0
        self._loop.add_reader(udp.fileno(), self._readable)

    @property
    def rests(self) -> bool:
        """Whether datagrams are read together."""
        return self._rest is not None

    def attend(self) -> None:
        """Somebody needs what comes next to be read at once, for a while."""
        self._until_ns = self._clock.monotonic_ns() + ATTENTIVE_NS
        if self._rest is not None:
            self._wake()

    def look_soon(self) -> None:
        """The process is awake anyway: read, when this turn's work is done."""
        if self._rest is None or self._looks or self._clock.monotonic_ns() - self._read_ns < _LOOK_NS:
            return
        self._looks = True
        self._loop.call_soon(self._look)

    def close(self) -> None:
        """Listen no more."""
        if self._rest is None:
            self._loop.remove_reader(self._socket.fileno())
        else:
            self._rest.cancel()
            self._rest = None

    def _look(self) -> None:
        self._looks = False
        if self._rest is not None:
            self._rest.cancel()
            self._read_batch()

    def _readable(self) -> None:
        """Read what woke us, and whatever else there is."""
        receive, received = self._socket.recvfrom, self._received
        for _ in range(_MAX_READS):
            try:
                datagram, address = receive(_MAX_DATAGRAM_BYTES)
            except OSError:  # nothing left, or an ICMP error of one viewer, which its consent will tell
                break
            self._count += 1
            received(datagram, address, 0)
        now_ns = self._clock.monotonic_ns()
        if self._many(now_ns) and self._stamps and now_ns >= self._until_ns:
            self._loop.remove_reader(self._socket.fileno())
            self._rest = self._loop.call_later(REST_S, self._read_batch)

    def _read_batch(self) -> None:
        """Read what has come since last time."""
        full = False
        try:
            full = self._read_stamped() == _MAX_READS
        finally:
            # A datagram that fails must not make us deaf: the loop logs it, the others come next.
            self._read_ns = self._clock.monotonic_ns()
            if self._rest is not None:
                self._go_on(full)

    def _read_stamped(self) -> int:
        """Hand on what there is, up to a batch, with how long each has waited; how many they were."""
        receive = self._socket.recvmsg
        for number in range(_MAX_READS):
            try:
                datagram, told, _, address = receive(_MAX_DATAGRAM_BYTES, _STAMP_ROOM)
            except OSError:
                return number
            self._count += 1
            self._received(datagram, address, self._waited_ns(told))
        return _MAX_READS

    def _go_on(self, full: bool) -> None:
        """Rest on, or read at once again where few come now."""
        if self._many(self._read_ns) is False:
            self._wake()
        else:
            self._rest = self._loop.call_later(0 if full else REST_S, self._read_batch)

    def _wake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        self._rest = None
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def _many(self, now_ns: int) -> bool | None:
        """Whether the second that is over brought many; None while it is not."""
        passed_ns = now_ns - self._since_ns
        if passed_ns < _SECOND_NS:
            return None
        many = self._count * _SECOND_NS >= MANY * passed_ns
        self._count, self._since_ns = 0, now_ns
        return many

    def _waited_ns(self, told: list[tuple[int, int, bytes]]) -> int:
        if not told:
            return 0
        seconds, rest_ns = _STAMP.unpack(told[0][2])
        waited_ns: int = self._clock.utc_ns() - seconds * _SECOND_NS - rest_ns
        # The clock may have been set in between.
        return min(max(0, waited_ns), int(2 * REST_S * 1e9))


def _has_stamps(udp: socket.socket) -> bool:
    """Whether the kernel notes from now on when a datagram came."""
    try:
        udp.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
    except OSError:
        return False
    return struct.calcsize("@l") * 2 == _STAMP.size
