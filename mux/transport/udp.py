"""The one UDP socket of all viewers: datagrams in by the event loop, out at once, many packets a system call.

`UDP_SEGMENT` (generic segmentation offload, udp(7)) lets the kernel cut a run of equal packets. Where it is
missing or the network card refuses it, each packet is sent by itself.
"""

import errno
import socket
import struct
from collections.abc import Sequence

from mux.counts import Counts
from mux.rtp.header import RtpFormat
from mux.rtp.layout import Layout, Run
from mux.rtp.picture import Chunk
from mux.rtp.srtp import Keys, Sealer, sealer_of
from mux.transport.core import Core
from mux.transport.delivery import FULL, CompiledDelivery, deliver_each
from mux.transport.destination import Destination
from mux.transport.lockstep_destinations import (
    CompiledDestinations,
    EachDestination,
    LockstepDestinations,
    MixedDestinations,
)
from mux.transport.stun import Address
from mux.transport.udp_reader import Received, UdpReader
from shared.clock import Clock
from shared.errors import Unavailable
from shared.log import Trouble

_UDP_SEGMENT = 103
_BUFFER_BYTES = 8 << 20
_NO_SEGMENTATION = frozenset({errno.EINVAL, errno.EIO, errno.ENOPROTOOPT, errno.EOPNOTSUPP})
_ANY_ROUTED_ADDRESS = ("203.0.113.1", 9)
AUTO = "auto"
LOOPBACK = "127.0.0.1"


def resolve_host(host: str) -> str:
    """The address a socket is to be bound to: `auto` is the one of the default route, else loopback.

    Nothing is sent. Raises Unavailable where a name cannot be resolved to IPv4.
    """
    if host == AUTO:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(_ANY_ROUTED_ADDRESS)
            except OSError:
                return LOOPBACK
            found: str = probe.getsockname()[0]
            return found
    try:
        return socket.gethostbyname(host)
    except OSError as error:
        raise Unavailable(f"BEFFROI_UDP_HOST {host} is not an address: {error.strerror}") from error


class UdpTransport:
    """A `MediaTransport` over UDP. Errors of single sends are counted: the next one may get through.

    A compiled `core` delivers what it can; Python delivers the rest, and all where there is no core.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        counts: Counts,
        trouble: Trouble,
        segmentation: bool = True,
        core: Core | None = None,
    ) -> None:
        """Bind. Raises Unavailable in one sentence when the address cannot be had."""
        self._counts = counts
        self._trouble = trouble
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise Unavailable(f"mux cannot use UDP {host}:{port}: {error.strerror or error}") from error
        self.address: Address = self._socket.getsockname()
        self.segmentation = segmentation and _has_segmentation(self._socket)
        self._sendto = self._socket.sendto
        self._sendmsg = self._socket.sendmsg
        self._ancillary: dict[int, list[tuple[int, int, bytes]]] = {}
        self._reader: UdpReader | None = None
        self._compiled = None
        if core is not None:
            self._compiled = CompiledDelivery(core, self._socket.fileno(), counts, trouble)

    def listen(self, received: Received, clock: Clock) -> None:
        """Call `received` for each datagram, in the loop's thread. See `UdpReader`."""
        self._reader = UdpReader(self._socket, received, clock)

    def attend(self) -> None:
        if self._reader is not None:
            self._reader.attend()

    def look_soon(self) -> None:
        """The process is awake anyway: read what has come, once this turn's work is done."""
        if self._reader is not None:
            self._reader.look_soon()

    def close(self) -> None:
        """Neither listen nor send any more."""
        if self._reader is not None:
            self._reader.close()
        self.shut()

    def shut(self) -> None:
        """Close the socket of a transport that does not listen."""
        self._socket.close()

    def send(self, datagram: bytes | memoryview, address: Address) -> bool:
        try:
            self._sendto(datagram, address)
        except OSError as error:
            return self._failed(error)
        return True

    def sealer(self, keys: Keys, rtp: RtpFormat) -> Sealer:
        return sealer_of(keys, rtp) if self._compiled is None else self._compiled.sealer(keys, rtp)

    def deliver(self, chunk: Chunk, destinations: Sequence[Destination]) -> None:
        if self._compiled is not None:
            destinations = self._compiled.deliver(chunk, destinations, segmented=self.segmentation)
        if destinations:
            deliver_each(chunk, destinations, self.send_layout)

    def lockstep(self) -> LockstepDestinations:
        each = EachDestination(self.deliver)
        if self._compiled is None:
            return each
        return MixedDestinations(CompiledDestinations(self._compiled, lambda: self.segmentation), each)

    def send_layout(self, layout: Layout, address: Address) -> bool:
        """Send all packets of a filled layout; False when the socket's buffer filled up."""
        for run in layout.runs:
            if run.packets == 1 or not self.segmentation:
                if not self._send_each(run.data, run.segment, address):
                    return False
                continue
            try:
                self._sendmsg((run.data,), self._segments_of(run.segment), 0, address)
            except OSError as error:
                if error.errno in _NO_SEGMENTATION:
                    if not self._without_segmentation(run, address, error):
                        return False
                elif not self._failed(error):
                    return False
        return True

    def _segments_of(self, size: int) -> list[tuple[int, int, bytes]]:
        ancillary = self._ancillary.get(size)
        if ancillary is None:
            ancillary = [(socket.IPPROTO_UDP, _UDP_SEGMENT, struct.pack("=H", size))]
            self._ancillary[size] = ancillary
        return ancillary

    def _send_each(self, data: memoryview, segment: int, address: Address) -> bool:
        return all(
            self.send(data[start : start + segment], address) for start in range(0, len(data), segment)
        )

    def _without_segmentation(self, run: Run, address: Address, error: OSError) -> bool:
        errors = self._counts.send_errors
        sent = self._send_each(run.data, run.segment, address)
        # Only where the packets do get through one by one is segmentation, not this viewer's path, at fault.
        if sent and self._counts.send_errors == errors:
            self.segmentation = False
            self._trouble.count(f"UDP segmentation is refused, sending packet by packet: {error.strerror}")
        return sent

    def _failed(self, error: OSError) -> bool:
        """Whether the sender may go on as if the packet had been lost on its way."""
        if error.errno in FULL:
            return False
        self._counts.send_errors += 1
        self._trouble.count(f"UDP send failed: {error.strerror}")
        return True


def _has_segmentation(udp: socket.socket) -> bool:
    try:
        udp.getsockopt(socket.IPPROTO_UDP, _UDP_SEGMENT)
    except OSError:
        return False
    return True
