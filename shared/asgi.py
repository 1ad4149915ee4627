"""Serves an ASGI application inside a service. The application itself is the service's own affair."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from shared.connections import ConnectionLimits, bounded
from shared.door import App, Door
from shared.errors import Unavailable
from shared.redact import redact
from shared.service import Service
from shared.status import cannot_listen

_LIMITS = ConnectionLimits()


class _Server(uvicorn.Server):
    """uvicorn, without its signal handlers: the service has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_asgi(
    service: Service,
    app: App,
    host: str,
    port: int,
    *,
    trusted_proxies: str = "",
    limits: ConnectionLimits = _LIMITS,
) -> int:
    """Serve `app` on host:port until the service stops; the port that was bound (asked 0 means any).

    `X-Forwarded-For` and `-Proto` are believed from `trusted_proxies` only (addresses or networks, separated
    by commas), so that a client cannot choose the address it is known by. Raises
    Unavailable, in one sentence, when host:port cannot be had.
    """
    listener = _bound(service.name, host, port)
    config = uvicorn.Config(
        Door(app, body_s=limits.body_s),
        http=bounded(limits),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
        # Parts of a second serve tests; uvicorn hands them to the loop as they are.
        timeout_keep_alive=limits.idle_s,  # type: ignore[arg-type]
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name=f"{service.name} http")

    def ended(done: asyncio.Task[None]) -> None:
        failed = None if done.cancelled() else done.exception()
        if not service.stopping.is_set():
            why = "" if failed is None else f": {redact(repr(failed))}"
            service.fail(Unavailable(f"the HTTP server of {service.name} ended by itself{why}"))

    task.add_done_callback(ended)

    async def close() -> None:
        server.should_exit = True
        await asyncio.wait([task])
        # uvicorn leaves it open when it is told to stop before it has started.
        listener.close()

    service.on_stop(close)
    bound_port: int = listener.getsockname()[1]
    return bound_port


def _bound(name: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        raise cannot_listen(f"{name} cannot listen on", host, port, error) from error
    listener.setblocking(False)
    return listener
