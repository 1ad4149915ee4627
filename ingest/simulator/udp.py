"""RTP and RTCP of one client over UDP (RFC 2326, section 12.39; RFC 3550, section 11)."""

import asyncio
import re
from collections.abc import Callable, Iterable

from ingest.simulator.rtp import Frame, split

_PORTS = re.compile(r"client_port=(\d+)(?:-(\d+))?")
_TRIES = 20


def client_ports(transport: str) -> tuple[int, int] | None:
    """The client's media and report ports of a Transport header, None where there are none."""
    found = _PORTS.search(transport)
    if found is None:
        return None
    media = int(found[1])
    return media, int(found[2]) if found[2] else media + 1


class _Reports(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._heard(data)

    def error_received(self, exc: Exception) -> None:
        """The client's port is closed; the RTSP connection says when it is gone."""


class UdpLine:
    """Two sockets of the camera, next to each other, connected to the client's two."""

    def __init__(self, media: asyncio.DatagramTransport, reports: asyncio.DatagramTransport) -> None:
        self._media, self._reports = media, reports
        first = media.get_extra_info("sockname")[1]
        self.ports = f"{first}-{first + 1}"

    @classmethod
    async def opened(cls, host: str, ports: tuple[int, int], heard: Callable[[bytes], None]) -> "UdpLine":
        """Raises OSError where no two ports are free."""
        loop = asyncio.get_running_loop()
        for attempt in range(_TRIES):
            media, _ = await loop.create_datagram_endpoint(
                lambda: _Reports(lambda _: None), ("0.0.0.0", 0), (host, ports[0])
            )
            first = media.get_extra_info("sockname")[1]
            try:
                reports, _ = await loop.create_datagram_endpoint(
                    lambda: _Reports(heard), ("0.0.0.0", first + 1), (host, ports[1])
                )
            except OSError:
                media.close()
                if attempt == _TRIES - 1:
                    raise
                continue
            return cls(media, reports)
        raise AssertionError("unreachable")

    def send_packets(self, packets: bytes) -> None:
        """Send a feed's picture."""
        for packet in split(packets):
            self._media.sendto(packet)

    def send_frames(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            (self._media if frame.channel != 1 else self._reports).sendto(frame.data)

    def close(self) -> None:
        self._media.close()
        self._reports.close()
