"""Drives a ZeroMQ socket from the asyncio loop without a task or a future a message."""

import asyncio
from collections.abc import Callable, Sequence

import zmq
import zmq.asyncio
import zmq.auth.asyncio

from shared.clock import Clock, SystemClock
from shared.errors import BadInput, Unavailable
from shared.log import Trouble, get_logger
from shared.tap.endpoint import Endpoint, Way
from shared.tap.keys import TapKeys
from shared.tap.wire import MAX_UNIT_BYTES

QUEUE_MESSAGES = 4000
SUBSCRIPTIONS = 200_000
"""Bound of a reader's queue: to a publisher that comes back it sends all its subscriptions at once."""
HANDSHAKE_MS = 5000
"""A connection that has not said by then who it is ends: a stranger's, or one to a peer that hangs."""

HEARTBEAT_MS, SILENT_MS = 2000, 6000
_BATCH = 256
_COPIED_BYTES = 1 << 20
"""A larger frame is not copied but lent to ZeroMQ, which gives it back through a thread of pyzmq's:
to copy some hundred kilobytes is cheaper."""
# Plain numbers: joining and reading flags of an enum takes longer than sending a frame.
_MORE, _LAST = int(zmq.SNDMORE | zmq.NOBLOCK), int(zmq.NOBLOCK)
_EVENTS, _POLLIN = int(zmq.EVENTS), int(zmq.POLLIN)


class _Allowed:
    """Tells libzmq's authenticator which public keys may connect."""

    def __init__(self, keys: TapKeys, clock: Clock) -> None:
        self._keys = keys
        self._trouble = Trouble(get_logger("tap"), "tap-peer-refused", clock)

    def callback(self, _domain: str, key: bytes) -> bool:
        try:
            known = self._keys.commune_of(key.decode()) is not None
        except BadInput as error:
            self._trouble.count(error.detail)
            return False
        if not known:
            self._trouble.count(f"the public key {key.decode()} is not among those of the peers")
        return known


class Pump:
    """One socket of the tap: opened by `start`, read by `handle` (one call a message), closed by `close`.

    The queue towards each peer holds QUEUE_MESSAGES; beyond that ZeroMQ drops the newest for that peer alone.
    Who can wait `patience_s` for a message is woken once for those that come meanwhile.
    """

    def __init__(
        self,
        kind: int,
        endpoints: Sequence[Endpoint],
        keys: TapKeys | None,
        handle: Callable[[list[zmq.Frame]], None],
        clock: Clock | None = None,
        *,
        patience_s: float = 0.0,
    ) -> None:
        self._patience_s = patience_s
        self._waiting: asyncio.TimerHandle | None = None
        self._descriptor: int | None = None
        _refuse_unsafe(endpoints, keys)
        self._kind = kind
        self._endpoints = endpoints
        self._keys = keys
        self._handle = handle
        self._clock = clock if clock is not None else SystemClock()
        self._kicked = False
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
            (zmq.SNDHWM, SUBSCRIPTIONS if self._kind == zmq.XSUB else QUEUE_MESSAGES),
            (zmq.RCVHWM, QUEUE_MESSAGES),
            (zmq.MAXMSGSIZE, MAX_UNIT_BYTES),
            (zmq.IPV6, int(any(endpoint.is_ipv6 for endpoint in self._endpoints))),
            (zmq.HANDSHAKE_IVL, HANDSHAKE_MS),
            (zmq.HEARTBEAT_IVL, HEARTBEAT_MS),
            (zmq.HEARTBEAT_TIMEOUT, SILENT_MS),
            (zmq.RECONNECT_IVL, 100),
            (zmq.RECONNECT_IVL_MAX, 2000),
        ):
            socket.setsockopt(option, value)
        if self._keys is not None:
            self._secure(context, socket, self._keys)
        for endpoint in self._endpoints:
            self._open(socket, endpoint)
        self._descriptor = _option(socket, zmq.FD)
        asyncio.get_running_loop().add_reader(self._descriptor, self._arrived)
        self.kick()

    async def close(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        if self._socket is not None:
            # None where an address could not be bound.
            if self._descriptor is not None:
                asyncio.get_running_loop().remove_reader(self._descriptor)
            self._socket.close()
            self._socket = None
        if self._authenticator is not None:
            self._authenticator.stop()
            self._authenticator = None
        if self._context is not None:
            self._context.destroy(linger=0)
            self._context = None

    def send(self, frames: Sequence[bytes]) -> bool:
        """Send without waiting; false when it could not be taken."""
        if self._socket is None:
            return False
        try:
            for frame in frames[:-1]:
                self._socket.send(frame, _MORE, copy=len(frame) < _COPIED_BYTES)
            self._socket.send(frames[-1], _LAST, copy=len(frames[-1]) < _COPIED_BYTES)
        except zmq.Again:
            return False
        finally:
            # ZeroMQ signals its file descriptor on edges only, and a send may swallow one.
            if _option(self._socket, _EVENTS) & _POLLIN:
                self.kick()
        return True

    def kick(self) -> None:
        """Look for messages soon, whatever the file descriptor says."""
        if not self._kicked:
            self._kicked = True
            asyncio.get_running_loop().call_soon(self._drain)

    def _secure(
        self, context: "zmq.Context[zmq.Socket[bytes]]", socket: "zmq.Socket[bytes]", keys: TapKeys
    ) -> None:
        socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
        socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
        if any(endpoint.way is Way.BIND for endpoint in self._endpoints):
            socket.setsockopt(zmq.CURVE_SERVER, 1)
            self._authenticator = zmq.auth.asyncio.AsyncioAuthenticator(zmq.asyncio.Context(shadow=context))
            self._authenticator.configure_curve_callback("*", _Allowed(keys, self._clock))
            self._authenticator.start()
        else:
            assert keys.server_public is not None
            socket.setsockopt(zmq.CURVE_SERVERKEY, keys.server_public)

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

    def _arrived(self) -> None:
        if not self._patience_s or self._descriptor is None:
            self._drain()
            return
        loop = asyncio.get_running_loop()
        # It goes on saying so until it is read.
        loop.remove_reader(self._descriptor)
        self._waiting = loop.call_later(self._patience_s, self._waited)

    def _waited(self) -> None:
        if self._socket is not None and self._descriptor is not None:
            asyncio.get_running_loop().add_reader(self._descriptor, self._arrived)
            self._drain()

    def _drain(self) -> None:
        self._kicked = False
        for _ in range(_BATCH):
            if self._socket is None:
                return
            try:
                frames = _message(self._socket)
            except zmq.Again:
                return
            try:
                self._handle(frames)
            except BaseException:
                # The file descriptor will not tell again of what is still waiting.
                self.kick()
                raise
            # Costs less than to raise for nothing to read, which is usual behind a single message.
            if self._socket is None or not _option(self._socket, _EVENTS) & _POLLIN:
                return
        self.kick()


def _refuse_unsafe(endpoints: Sequence[Endpoint], keys: TapKeys | None) -> None:
    """Raises BadInput for what would be open to everybody, or closed to everybody without a word."""
    if keys is None:
        for endpoint in endpoints:
            if not endpoint.is_loopback:
                raise BadInput(
                    f"the tap leaves this machine at {endpoint.address}: give it CURVE keys "
                    "(BEFFROI_TAP_KEY_FILE)"
                )
        return
    ways = {endpoint.way for endpoint in endpoints}
    if len(ways) > 1:
        raise BadInput("with CURVE keys all endpoints of the tap bind or all dial")
    if Way.BIND in ways and keys.peers_dir is None:
        raise BadInput("the tap is dialled: give it the folder of its peers' public keys")
    if Way.CONNECT in ways and keys.server_public is None:
        raise BadInput("the tap dials out: give it the server's public key")


def _message(socket: "zmq.Socket[bytes]") -> list[zmq.Frame]:
    """The next message. Raises zmq.Again. `recv_multipart` would ask behind each frame for an option that the
    frame has itself."""
    frame = socket.recv(_LAST, copy=False)
    frames = [frame]
    while frame.more:
        frame = socket.recv(_LAST, copy=False)
        frames.append(frame)
    return frames


def _option(socket: "zmq.Socket[bytes]", option: int) -> int:
    value = socket.getsockopt(option)
    assert isinstance(value, int)
    return value
