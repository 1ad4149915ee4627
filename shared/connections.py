"""Bounds what connections may cost a service: how long each part of a request takes, how many there are."""

import asyncio
from dataclasses import dataclass

from uvicorn.protocols.http.h11_impl import H11Protocol

from shared import metrics

_NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 2\r\nConnection: close\r\n\r\n"
)
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long each part of a request may take, in seconds, and how many connections there may be.

    `head_s` counts from a head's first byte, or from the connection's beginning for its first head. `idle_s`
    is between two requests, `unread_s` for a reader that takes nothing of an answer. Where there are `most`
    connections, a newcomer takes the place of the one that has waited longest without a request under way; it
    is refused where all have a request under way.
    """

    head_s: float = 10.0
    body_s: float = 30.0
    idle_s: float = 30.0
    unread_s: float = 120.0
    most: int = 4096


class BoundedConnection(H11Protocol):
    """uvicorn's connection with limits."""

    limits = ConnectionLimits()

    _head_timer: asyncio.TimerHandle | None = None
    _unread_timer: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        if len(self.connections) >= self.limits.most and not self._made_room():
            _ended("refused")
            transport.write(_NO_ROOM)
            transport.close()
            self._refused(transport)
            return
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(self.limits.head_s, self._head_is_late)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if not self.waits:
            self._forget_head()
        elif self._head_timer is None and self.timeout_keep_alive_task is None:
            self._head_timer = self.loop.call_later(self.limits.head_s, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        self._forget_unread()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._forget_unread()
        self._unread_timer = self.loop.call_later(self.limits.unread_s, self._nobody_reads)

    def resume_writing(self) -> None:
        self._forget_unread()
        super().resume_writing()

    def give_way(self) -> None:
        """Close, as another needs the place more."""
        _ended("displaced")
        self.connections.discard(self)
        self.transport.abort()

    def _made_room(self) -> bool:
        # Of those that wait, the timer of the one that has waited longest is due first.
        waiting = [one for one in self.connections if isinstance(one, BoundedConnection) and one.waits]
        if not waiting:
            return False
        min(waiting, key=lambda one: one.due_s).give_way()
        return True

    @property
    def due_s(self) -> float:
        """When it would be closed for waiting, on the loop's clock."""
        timers = (self._head_timer, self.timeout_keep_alive_task)
        return min((timer.when() for timer in timers if timer is not None), default=0.0)

    def _refused(self, transport: asyncio.Transport) -> None:
        # Never one of the connections: what still arrives is not for anybody.
        self.transport = transport
        self.conn.send_failed()

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self.waits and not self.transport.is_closing():
            _ended("head")
            self.transport.write(_TOO_SLOW)
            self.transport.close()

    def _nobody_reads(self) -> None:
        self._unread_timer = None
        _ended("unread")
        self.transport.abort()

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _forget_unread(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None


def bounded(limits: ConnectionLimits) -> type[BoundedConnection]:
    """The connections of one server."""
    return type("BoundedConnection", (BoundedConnection,), {"limits": limits})


def _ended(why: str) -> None:
    metrics.counter(
        "beffroi_connections_ended_total", "Connections ended or refused by their limits, by which", ["limit"]
    ).labels(why).inc()
