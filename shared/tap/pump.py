"""Drives a ZeroMQ socket from the asyncio loop without a task or a future a message."""

import asyncio
from collections.abc import Callable, Sequence

import zmq
import zmq.asyncio
import zmq.auth.asyncio

from shared.errors import BadInput, Unavailable
from shared.log import get_logger
from shared.tap.endpoint import Endpoint, Way
from shared.tap.keys import TapKeys

QUEUE_MESSAGES = 4000
_BATCH = 256
_MAX_MESSAGE_BYTES = 32 << 20


class _Allowed:
    """Tells libzmq's authenticator which public keys may connect."""

    def __init__(self, keys: TapKeys) -> None:
        self._keys = keys

    def callback(self, _domain: str, key: bytes) -> bool:
        try:
            return self._keys.commune_of(key.decode()) is not None
        except BadInput as error:
            get_logger("tap").error("tap-peer-keys-unreadable", reason=error.detail)
            return False


class Pump:
    """One socket of the tap: opened by `start`, read by `handle` (one call a message), closed by `close`.

    The queue towards each peer holds QUEUE_MESSAGES; beyond that ZeroMQ drops the newest for that peer alone.
    """

    def __init__(
        self,
        kind: int,
        endpoints: Sequence[Endpoint],
        keys: TapKeys | None,
        handle: Callable[[list[zmq.Frame]], None],
    ) -> None:
        for endpoint in endpoints:
            if keys is None and not endpoint.is_loopback:
                raise BadInput(f"the tap leaves this machine at {endpoint.address}: give it CURVE keys")
        self._kind = kind
        self._endpoints = endpoints
        self._keys = keys
        self._handle = handle
        self._authenticator: zmq.auth.asyncio.AsyncioAuthenticator | None = None
        self._context: zmq.Context[zmq.Socket[bytes]] | None = None
        self._socket: zmq.Socket[bytes] | None = None

    async def start(self) -> None:
        """Open the socket. Raises Unavailable when an address cannot be bound."""
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._context = context
        socket = context.socket(self._kind)
        self._socket = socket
        for option, value in (
            (zmq.LINGER, 0),
            (zmq.SNDHWM, QUEUE_MESSAGES),
            (zmq.RCVHWM, QUEUE_MESSAGES),
            (zmq.MAXMSGSIZE, _MAX_MESSAGE_BYTES),
            (zmq.HEARTBEAT_IVL, 2000),
            (zmq.HEARTBEAT_TIMEOUT, 6000),
            (zmq.RECONNECT_IVL, 100),
            (zmq.RECONNECT_IVL_MAX, 2000),
        ):
            socket.setsockopt(option, value)
        self._secure(context, socket)
        for endpoint in self._endpoints:
            self._open(socket, endpoint)
        asyncio.get_running_loop().add_reader(_option(socket, zmq.FD), self._drain)
        self.kick()

    async def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(_option(self._socket, zmq.FD))
            self._socket.close()
            self._socket = None
        if self._authenticator is not None:
            self._authenticator.stop()
            self._authenticator = None
        if self._context is not None:
            self._context.destroy(linger=0)
            self._context = None

    def send(self, frames: Sequence[bytes]) -> bool:
        """Send without waiting; false when it was dropped."""
        if self._socket is None:
            return False
        try:
            self._socket.send_multipart(frames, zmq.NOBLOCK, copy=len(frames[-1]) < 1 << 16)
        except zmq.Again:
            return False
        # ZeroMQ signals its file descriptor on edges only, and a send may swallow one.
        if _option(self._socket, zmq.EVENTS) & zmq.POLLIN:
            self.kick()
        return True

    def kick(self) -> None:
        """Look for messages soon, whatever the file descriptor says."""
        asyncio.get_running_loop().call_soon(self._drain)

    def _secure(self, context: "zmq.Context[zmq.Socket[bytes]]", socket: "zmq.Socket[bytes]") -> None:
        if self._keys is None:
            return
        socket.setsockopt(zmq.CURVE_PUBLICKEY, self._keys.public)
        socket.setsockopt(zmq.CURVE_SECRETKEY, self._keys.secret)
        if any(endpoint.way is Way.BIND for endpoint in self._endpoints):
            socket.setsockopt(zmq.CURVE_SERVER, 1)
            self._authenticator = zmq.auth.asyncio.AsyncioAuthenticator(zmq.asyncio.Context(shadow=context))
            self._authenticator.configure_curve_callback("*", _Allowed(self._keys))
            self._authenticator.start()
        else:
            if self._keys.server_public is None:
                raise BadInput("the tap dials out: give it the server's public key")
            socket.setsockopt(zmq.CURVE_SERVERKEY, self._keys.server_public)

    @staticmethod
    def _open(socket: "zmq.Socket[bytes]", endpoint: Endpoint) -> None:
        try:
            if endpoint.way is Way.BIND:
                socket.bind(endpoint.address)
            else:
                socket.connect(endpoint.address)
        except zmq.ZMQError as error:
            raise Unavailable(
                f"the tap cannot {endpoint.way} {endpoint.address}: {error.strerror}"
            ) from error

    def _drain(self) -> None:
        for _ in range(_BATCH):
            if self._socket is None:
                return
            try:
                frames = self._socket.recv_multipart(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                return
            self._handle(frames)
        self.kick()


def _option(socket: "zmq.Socket[bytes]", option: int) -> int:
    value = socket.getsockopt(option)
    assert isinstance(value, int)
    return value
