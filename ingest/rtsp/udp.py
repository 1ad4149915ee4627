"""A pair of UDP ports for RTP and RTCP (RFC 3550, section 11), open to one camera alone."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

from ingest.ports import SourceCounts

_TRIES = 32
_RECEIVE_BYTES = 1 << 20
"""A key picture arrives in one burst, which must fit while the loop is busy."""

Take = Callable[[bytes], None]


class _Port(asyncio.DatagramProtocol):
    """Takes what the camera's address sends, from the first port it sends from."""

    def __init__(self, camera_ip: str, counts: SourceCounts, take: Take) -> None:
        self._camera_ip, self._counts, self._take = _bare(camera_ip), counts, take
        self._peer: tuple[str, int] | None = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        peer = (_bare(addr[0]), addr[1])
        if self._peer is None and peer[0] == self._camera_ip:
            self._peer = peer
        if peer != self._peer:
            self._counts.foreign += 1
        elif len(data) < 4:
            self._counts.malformed += 1
        else:
            self._take(data)

    def error_received(self, exc: Exception) -> None:
        """A port of the camera that is closed, such as its RTCP port: the pictures tell whether it lives."""


class UdpPair:
    """Two ports, the even one for RTP. `open` it, and `close` it."""

    def __init__(
        self, port: int, rtp: asyncio.DatagramTransport, rtcp: asyncio.DatagramTransport, camera_ip: str
    ) -> None:
        self.port = port
        self._rtp, self._rtcp, self._camera_ip = rtp, rtcp, camera_ip
        self._to: tuple[int, int] | None = None

    @classmethod
    async def open(
        cls, local_ip: str, camera_ip: str, counts: SourceCounts, media: Take, control: Take
    ) -> "UdpPair":
        """A pair on `local_ip`, for `camera_ip` alone. Raises OSError where no pair is free."""
        loop = asyncio.get_running_loop()
        first, second = _pair(local_ip)
        rtp, _ = await loop.create_datagram_endpoint(lambda: _Port(camera_ip, counts, media), sock=first)
        rtcp, _ = await loop.create_datagram_endpoint(lambda: _Port(camera_ip, counts, control), sock=second)
        return cls(first.getsockname()[1], rtp, rtcp, camera_ip)

    def aim(self, server_ports: tuple[int, int] | None, opening: bytes) -> None:
        """Where control packets go; `opening` is sent there and to the media port, to open firewalls."""
        self._to = server_ports
        if server_ports is not None:
            self._send(self._rtp, opening, server_ports[0])
            self.send_control(opening)

    def send_control(self, packet: bytes) -> None:
        if self._to is not None:
            self._send(self._rtcp, packet, self._to[1])

    def close(self) -> None:
        self._rtp.close()
        self._rtcp.close()

    def _send(self, transport: asyncio.DatagramTransport, packet: bytes, port: int) -> None:
        if not transport.is_closing() and port:
            transport.sendto(packet, (self._camera_ip, port))


def _pair(local_ip: str) -> tuple[socket.socket, socket.socket]:
    """Two bound sockets of an even port and the next one. Raises OSError."""
    family = socket.AF_INET6 if ":" in local_ip else socket.AF_INET
    for _ in range(_TRIES):
        first, second = _socket(family), _socket(family)
        with suppress(OSError):
            first.bind((local_ip, 0))
            port = first.getsockname()[1]
            if port % 2 == 0:
                second.bind((local_ip, port + 1))
                return first, second
        first.close()
        second.close()
    raise OSError("no pair of ports is free")


def _socket(family: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
    return made


def _bare(ip: str) -> str:
    return ip.partition("%")[0]
