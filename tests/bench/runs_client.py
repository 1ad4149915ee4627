"""A light viewer that reads a run of packets by one call, and what the kernel threw away unread."""

import re
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from tests.support.light_client import PROOF_PACKETS, Browser, LightClient
from tests.support.light_sdp import Place

_UDP_GRO = 104
_LONGEST_RUN_BYTES = 65536
_SEGMENT = struct.Struct("=i")
_MAX_READS = 16
_SOCKET = re.compile(rb"^ *\d+: [0-9A-F]+:([0-9A-F]{4}) .* (\d+) *$", re.MULTILINE)


class RunsClient(LightClient):
    """What was sent in one call comes in one (UDP_GRO, udp(7)): on loopback the kernel then cuts nothing.

    A network card that cuts segments itself spares it the work just so.
    """

    def __init__(self, browser: Browser, place: Place, *, controlled: bool = False) -> None:
        super().__init__(browser, place, controlled=controlled)
        self._socket.setsockopt(socket.IPPROTO_UDP, _UDP_GRO, 1)

    def _readable(self) -> None:
        receive, room = self._socket.recvmsg, socket.CMSG_SPACE(_SEGMENT.size)
        for _ in range(_MAX_READS):
            try:
                run, told, _, _ = receive(_LONGEST_RUN_BYTES, room)
            except OSError:
                return
            self._take(run, _SEGMENT.unpack(told[0][2])[0] if told else len(run))

    def _take(self, run: bytes, segment: int) -> None:
        received = self.received
        if run[0] < 128 or received.proven < PROOF_PACKETS or len(run) <= segment:
            for at in range(0, len(run), segment):
                self._received(run[at : at + segment])
        else:
            received.packets += -(-len(run) // segment)
            received.octets += len(run)


def dropped(clients: Iterable[LightClient]) -> int:
    """Datagrams that the kernel threw away so far because these viewers had not read what came before."""
    ports = {client.port for client in clients}
    sockets = _SOCKET.findall(Path("/proc/self/net/udp").read_bytes())
    return sum(int(drops) for port, drops in sockets if int(port, 16) in ports)
