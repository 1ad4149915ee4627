"""Runs one service: signals, supervised work, `/healthz` and `/metrics`, an orderly stop."""

import asyncio
import resource
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvloop

from shared import metrics
from shared.backoff import Backoff
from shared.clock import Clock, SystemClock
from shared.errors import BeffroiError
from shared.log import configure, get_logger
from shared.private import private_from_now_on
from shared.redact import redact
from shared.settings import Settings, load
from shared.status import StatusPort

Work = Callable[[], Awaitable[None]]
Probe = Callable[[], str | None]

_CLOSE_TIMEOUT_S = 5.0
_MOST_FILES = 65_536
_SETTLED_NS = 60_000_000_000


class Service:
    """One a process: what it runs, how it is, how it ends."""

    def __init__(
        self, name: str, *, status_port: int, status_host: str = "127.0.0.1", clock: Clock | None = None
    ) -> None:
        self.name = name
        self.stopping = asyncio.Event()
        self.failure: BaseException | None = None
        self.clock: Clock = clock if clock is not None else SystemClock()
        self._status_host = status_host
        self._status_port = status_port
        self._log = get_logger(name)
        self._closers: list[tuple[str, Work]] = []
        self._checks: dict[str, Probe] = {}
        self._restarts = metrics.counter(
            "beffroi_work_restarts_total", "Supervised work that failed and was started again", ["work"]
        )

    def supervise(self, name: str, work: Work, *, backoff: Backoff | None = None) -> None:
        """Run `work` until the service stops. When it fails or ends it starts again after a wait.

        At the stop it is cancelled in its turn among the parts given to `on_stop`.
        """
        task = asyncio.create_task(self._kept_running(name, work, backoff or Backoff()), name=name)

        async def cancel() -> None:
            task.cancel()
            await asyncio.wait([task])

        self._closers.append((name, cancel))

    def check(self, name: str, probe: Probe) -> None:
        """Make `/healthz` ask `probe`: None says all is well, a sentence says what is not."""
        self._checks[name] = probe

    def on_stop(self, close: Work) -> None:
        """Await `close` when the service stops; what was registered or supervised last ends first."""
        self._closers.append((getattr(close, "__qualname__", repr(close)), close))

    def fail(self, failure: BaseException) -> None:
        """Stop the service because a part of it, without which it makes no sense, has failed."""
        if self.failure is None:
            self.failure = failure
        self.stopping.set()

    def health(self) -> dict[str, str]:
        """What is not well, by name of the check; empty when all is."""
        answers = {name: self._probed(probe) for name, probe in self._checks.items()}
        return {name: redact(reason) for name, reason in answers.items() if reason is not None}

    async def run(self) -> None:
        """Serve until SIGTERM, SIGINT or `stopping`, then stop everything.

        Raises Unavailable when the status port is taken, or `failure` where some part set one.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        status = StatusPort(self.name, self.health)
        try:
            await status.open(self._status_host, self._status_port)
            self._log.info("service-started", service=self.name)
            await self.stopping.wait()
            self._log.info("service-stopping", service=self.name)
        finally:
            self.stopping.set()
            await status.close()
            await self._close()
        if self.failure is not None:
            raise self.failure

    async def _kept_running(self, name: str, work: Work, backoff: Backoff) -> None:
        while not self.stopping.is_set():
            started_ns = self.clock.monotonic_ns()
            unforeseen: Exception | None = None
            try:
                await work()
                reason = "it ended"
            except BeffroiError as error:
                reason = error.detail
            except Exception as error:  # A supervisor is the last to see a fault; it logs it and tries again.
                reason, unforeseen = f"{type(error).__name__}: {error}", error
            if self.stopping.is_set():
                return
            if self.clock.monotonic_ns() - started_ns > _SETTLED_NS:
                backoff.reset()
            wait_s = backoff.next_s()
            self._restarts.labels(name).inc()
            trace = {} if unforeseen is None else {"exc_info": unforeseen}
            self._log.warning("work-restarts", work=name, reason=reason, wait_s=round(wait_s, 2), **trace)
            await self._pause(wait_s)

    async def _pause(self, seconds: float) -> None:
        """Return after `seconds`, or as soon as the service stops."""
        waits = [
            asyncio.ensure_future(self.clock.sleep(seconds)),
            asyncio.ensure_future(self.stopping.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _close(self) -> None:
        while self._closers:
            name, close = self._closers.pop()
            try:
                async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                    await close()
            except asyncio.CancelledError:
                # Its own task was cancelled, not this one.
                if (current := asyncio.current_task()) is not None and current.cancelling():
                    raise
            except TimeoutError:
                self._log.error("close-failed", part=name, reason=f"not closed within {_CLOSE_TIMEOUT_S} s")
            except Exception as error:  # One part that cannot close must not keep the others open.
                reason = f"{type(error).__name__}: {error}"
                self._log.error("close-failed", part=name, reason=reason, exc_info=error)

    @staticmethod
    def _probed(probe: Probe) -> str | None:
        try:
            return probe()
        except Exception as error:  # A check that fails is an answer too, and must not hide the others.
            return f"the check itself failed: {type(error).__name__}: {error}"


def _log_uncaught(name: str) -> None:
    """Send what nobody caught, in any thread, through the log: a bare traceback may hold credentials."""

    def uncaught(kind: type[BaseException], error: BaseException | None) -> None:
        if not issubclass(kind, SystemExit | KeyboardInterrupt):
            get_logger(name).error("uncaught", reason=f"{kind.__name__}: {error}", exc_info=error)

    sys.excepthook = lambda kind, error, _trace: uncaught(kind, error)
    threading.excepthook = lambda args: uncaught(args.exc_type, args.exc_value)


def _allow_files() -> None:
    """Open as many files and sockets as the system lets us: the usual 1024 are fewer than we may serve."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main(name: str, build: Callable[[], Awaitable[Service]]) -> int:
    """Build and run a service; the exit code of its process.

    An error that a user can act on becomes one sentence on standard error and exit code 2.
    """

    async def serve() -> None:
        service = await build()
        await service.run()

    private_from_now_on()
    _allow_files()
    try:
        configure(name, json=load(Settings).log_json)
        _log_uncaught(name)
        uvloop.run(serve())
    except BeffroiError as error:
        with suppress(OSError):
            print(f"beffroi {name}: {redact(error.detail)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0
