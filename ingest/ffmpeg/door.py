"""Where FFmpeg connects to, on this machine, in place of a camera."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Protocol, cast

from ingest.rtsp.messages import MAX_HEAD_BYTES, BadMessage, Request, head_end, parse
from ingest.rtsp.rtp import DOLLAR

_HOST = "127.0.0.1"
_ENOUGH_BYTES = 1 << 20
"""So much may wait for FFmpeg before the camera is held."""


class Guest(Protocol):
    """Who hears what FFmpeg says."""

    def asked(self, request: Request, path: str) -> None:
        """A request; `path` is its address without the door's own part, or the whole of one elsewhere."""
        ...

    def framed(self, channel: int, data: bytes) -> None:
        """An interleaved packet."""
        ...

    def hold(self, holding: bool) -> None:
        """Whether FFmpeg has enough for the time being."""
        ...

    def left(self) -> None:
        """FFmpeg closed the connection."""
        ...


class Door:
    """Listens for one FFmpeg, which shows by a word in the address that it is ours."""

    def __init__(self, guest: Guest, word: Callable[[], str] = lambda: secrets.token_hex(16)) -> None:
        self._guest = guest
        self._word = word()
        self._server: asyncio.Server | None = None
        self._callers: set[_Caller] = set()
        self._inside: _Caller | None = None
        self._base = ""

    async def open(self) -> None:
        """Listen. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Caller(self), _HOST, 0, backlog=4)
        port = self._server.sockets[0].getsockname()[1]
        self._base = f"rtsp://{_HOST}:{port}/{self._word}"

    def url(self, path: str) -> str:
        """What FFmpeg is to open for a path at the camera."""
        return self._base + path

    def send(self, data: bytes) -> None:
        if self._inside is not None:
            self._inside.send(data)

    def close(self) -> None:
        """Let FFmpeg go: it reads the end at once. Twice is no error."""
        self._stop_listening()
        for caller in tuple(self._callers):
            caller.close()

    def came(self, caller: "_Caller") -> None:
        self._callers.add(caller)

    def request(self, caller: "_Caller", request: Request) -> None:
        known = request.uri.startswith(self._base)
        if self._inside is None and known:
            self._inside = caller
            self._stop_listening()
        if caller is not self._inside:
            # Another program of this machine: it gets nothing, least of all a camera that we signed in to.
            caller.close()
            return
        self._guest.asked(request, request.uri[len(self._base) :] if known else request.uri)

    def frame(self, caller: "_Caller", channel: int, data: bytes) -> None:
        if caller is self._inside:
            self._guest.framed(channel, data)

    def hold(self, caller: "_Caller", holding: bool) -> None:
        if caller is self._inside:
            self._guest.hold(holding)

    def gone(self, caller: "_Caller") -> None:
        self._callers.discard(caller)
        if caller is self._inside:
            self._guest.left()

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


class _Caller(asyncio.Protocol):
    """One connection to the door."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_ENOUGH_BYTES)
        self._door.came(self)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        try:
            at = self._parse(data)
        except BadMessage:
            self.close()
            return
        self._rest = data[at:]
        if len(self._rest) > MAX_HEAD_BYTES + 0xFFFF:
            self.close()

    def pause_writing(self) -> None:
        self._door.hold(self, True)

    def resume_writing(self) -> None:
        self._door.hold(self, False)

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.gone(self)

    def send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _parse(self, data: bytes) -> int:
        """Give on what is whole, and say where it ends. Raises BadMessage."""
        at, end = 0, len(data)
        while at < end:
            if data[at] == DOLLAR:
                stop = at + 4 + int.from_bytes(data[at + 2 : at + 4], "big")
                if end - at < 4 or stop > end:
                    break
                self._door.frame(self, data[at + 1], data[at + 4 : stop])
            else:
                stop = head_end(data, at, end)
                if stop < 0:
                    break
                message = parse(data[at:stop])
                if isinstance(message, Request):
                    self._door.request(self, message)
            at = stop
        return at
