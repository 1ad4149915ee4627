"""The way from a simulated camera to one client: its RTSP connection, and UDP where that was set up."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ingest.simulator.mangling import REPORTS
from ingest.simulator.rtp import Frame
from ingest.simulator.udp import UdpLine

_MAX_BACKLOG_BYTES = 8 << 20


class Line:
    """Sends to one client. One that takes nothing for too long is cut off, so that its backlog is bounded."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._udp: UdpLine | None = None
        self.half_closed = False
        self.channel = 0
        """Of the pictures; their reports have the next one."""

    async def open_udp(self, ports: tuple[int, int], heard: Callable[[bytes], None]) -> str:
        """Send pictures by UDP to the client's two ports from now on; the camera's own two."""
        peer = self._writer.get_extra_info("peername")[0]
        self._udp = await UdpLine.opened(peer, ports, heard)
        return self._udp.ports

    def picture(self, packets: bytes) -> None:
        """Send a feed's picture as it is."""
        if self._udp is not None:
            self._udp.send_packets(packets)
        else:
            self.write(self._renamed(packets))

    def report(self, packet: bytes) -> None:
        """Send a feed's report as it is."""
        if self._udp is not None:
            self._udp.send_frames([Frame(REPORTS, packet[4:])])
        else:
            self.write(self._renamed(packet))

    def frames(self, frames: list[Frame]) -> None:
        """Send what a fault has made of either."""
        if self._udp is not None:
            self._udp.send_frames(frames)
        else:
            self.write(self._renamed(b"".join(frame.wire for frame in frames)))

    def write(self, data: bytes) -> None:
        """Send over the RTSP connection, unless it is closed on this side."""
        transport = self._writer.transport
        if transport.get_write_buffer_size() > _MAX_BACKLOG_BYTES:
            transport.abort()
        elif not self.half_closed and not transport.is_closing():
            self._writer.write(data)

    def _renamed(self, frames: bytes) -> bytes:
        """Interleaved frames of channels 0 and 1 as those of this line's."""
        if not self.channel:
            return frames
        renamed, at = bytearray(frames), 0
        while at < len(renamed):
            renamed[at + 1] += self.channel
            at += 4 + int.from_bytes(renamed[at + 2 : at + 4], "big")
        return bytes(renamed)

    def half_close(self) -> None:
        """Close this side of the connection and keep the other open."""
        self.half_closed = True
        self._writer.write_eof()

    def hang_up(self) -> None:
        """End the RTSP connection; UDP stays until `close`."""
        self._writer.close()

    async def close(self) -> None:
        """End both, and wait for it."""
        if self._udp is not None:
            self._udp.close()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
