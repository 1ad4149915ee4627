"""Runs what only one of several processes may do, in the one that leads."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from storage.lifecycle.compose import Runs
from storage.sharing.member import Member

Work = Callable[[], Awaitable[None]]
Probe = Callable[[], str | None]

SETTLING_NS = 60_000_000_000
"""So long after it began to lead a process is not asked how its works are: they have hardly run."""


class Leadership:
    """Whether this process leads, for works that begin with it and are cancelled with its end.

    A work that is cancelled may have a call under way in a thread: what must not be done twice asks
    `Member.is_sure` before each step.
    """

    def __init__(self, member: Member, clock: Clock, begins: Callable[[], Awaitable[None]]) -> None:
        """`begins` is awaited each time before any work begins. Raises Unavailable."""
        self._member = member
        self._clock = clock
        self._begins = begins
        self._term: int | None = None
        self._began_ns = 0
        self._news = asyncio.Condition()
        self._pending: set[asyncio.Task[None]] = set()
        self._log = get_logger("storage")

    def look(self) -> None:
        """See whether that has changed. In the loop."""
        task = asyncio.get_running_loop().create_task(self._look())
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    @property
    def term(self) -> int | None:
        """The term in which works run, None while none may."""
        return self._term

    def is_sure(self) -> bool:
        """Whether nobody else can lead now."""
        return self._term is not None and self._member.is_sure() and self._member.held.leads == self._term

    def over(self, service: Runs) -> "LedService":
        """What runs works in `service` while this process leads."""
        return LedService(service, self)

    async def while_leading(self, work: Work) -> None:
        """Run a work each time this process begins to lead, until it does no more. Raises what it does."""
        while True:
            term = await self._until(lambda: self._term is not None)
            running = asyncio.ensure_future(work())
            ending = asyncio.ensure_future(self._until(partial(self._has_ended, term)))
            try:
                await asyncio.wait((running, ending), return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
                if not running.done():
                    running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            if not running.cancelled():
                running.result()
                return

    def probed(self, probe: Probe) -> str | None:
        """What a work says of itself, where it has had the time to run here."""
        settled = self._clock.monotonic_ns() - self._began_ns > SETTLING_NS
        return probe() if self._term is not None and settled else None

    async def _look(self) -> None:
        async with self._news:
            leads = self._member.held.leads
            if leads == self._term:
                return
            if leads is not None:
                self._term = None
                self._news.notify_all()
                try:
                    await self._begins()
                except BeffroiError as error:
                    self._log.warning("leading-not-begun", reason=error.detail)
                    return
                self._began_ns = self._clock.monotonic_ns()
            self._term = leads
            self._news.notify_all()

    def _has_ended(self, term: int | None) -> bool:
        return self._term != term

    async def _until(self, is_so: Callable[[], bool]) -> int | None:
        async with self._news:
            await self._news.wait_for(is_so)
            return self._term


class LedService:
    """Looks like the service to what is led."""

    def __init__(self, service: Runs, leadership: Leadership) -> None:
        self._service = service
        self._leadership = leadership

    def supervise(self, name: str, work: Work, /) -> None:
        self._service.supervise(name, lambda: self._leadership.while_leading(work))

    def check(self, name: str, probe: Probe, /) -> None:
        self._service.check(name, lambda: self._leadership.probed(probe))
