"""A light viewer that knows when packets reached its socket, however late it reads them."""

import socket
import struct
import time
from collections.abc import Sequence

from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import Place

_SO_TIMESTAMPNS = 35
_TIMESTAMP = struct.Struct("qq")


class TimedClient(LightClient):
    """A viewer with the kernel's time (UTC) of its first packet, and of each picture's when it is `watching`.

    `picture_ns` is by the RTP timestamp as it stands in the packet.
    """

    def __init__(self, browser: Browser, place: Place, *, watching: bool = False, keep: bool = False) -> None:
        super().__init__(browser, place, keep=keep)
        self.first_ns: int | None = None
        self.picture_ns: dict[bytes, int] = {}
        self._watching = watching
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def _readable(self) -> None:
        if self.first_ns is not None and not self._watching:
            super()._readable()
            return
        for _ in range(64):
            try:
                datagram, said, _, _ = self._socket.recvmsg(2048, 64)
            except OSError:
                return
            if datagram[0] >= 128 and not 192 <= datagram[1] < 224:
                self._note(datagram, _kernel_ns(said))
            self._received(datagram)

    def _note(self, datagram: bytes, at_ns: int) -> None:
        if self.first_ns is None:
            self.first_ns = at_ns
        if self._watching:
            self.picture_ns.setdefault(datagram[4:8], at_ns)


def _kernel_ns(said: Sequence[tuple[int, int, bytes]]) -> int:
    for level, kind, data in said:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, rest_ns = _TIMESTAMP.unpack(data)
            return int(seconds * 1_000_000_000 + rest_ns)
    return time.time_ns()
