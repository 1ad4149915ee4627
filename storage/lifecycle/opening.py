"""Takes a store that is on another machine for this process: at the start, or as soon as it answers."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from shared.clock import Clock
from shared.errors import BeffroiError, Conflict, Unavailable
from shared.log import get_logger
from shared.reasons import Reason
from storage.lifecycle.bond import StoreBond

_RETRY_S = 2.0


class Lease(Protocol):
    """Lets one storage write. `take` and `keep` raise Conflict where another has it, `take` Unavailable."""

    async def take(self) -> None: ...

    async def keep(self) -> None: ...

    def release(self) -> None: ...

    async def reason_to_refuse(self) -> Reason | None: ...


class Home(Protocol):
    """Where the store is. `lease` has to be taken, if there is one; `clear_incoming` raises OSError."""

    @property
    def lease(self) -> Lease | None: ...

    def clear_incoming(self, spools: Sequence[Path]) -> int: ...


class StoreOpening:
    """Until it is done nothing is written to the store nor destroyed; recording does not wait for it."""

    def __init__(
        self,
        home: Home,
        bond: StoreBond,
        spools: Callable[[], Sequence[Path]],
        clock: Clock,
        lost: Callable[[Conflict], None],
        alone: Callable[[], AbstractAsyncContextManager[None]] | None = None,
    ) -> None:
        """`spools` gives those of all processes; `lost` is called once somebody else has the store, and then
        nothing more is done. `alone` keeps others of the same index from opening the store meanwhile, where
        there may be any."""
        self._home = home
        self._bond = bond
        self._spools = spools
        self._alone = alone
        self._clock = clock
        self._lost = lost
        self._trouble: str | None = "the object store is not opened yet"
        self._log = get_logger("storage")

    async def once(self) -> None:
        """Take the store, see that it is the index's, end what a crash left in it. Raises BeffroiError."""
        if self._home.lease is not None:
            await self._home.lease.take()
        try:
            async with nullcontext() if self._alone is None else self._alone():
                await self._bond.establish()
                if self._alone is not None:
                    await self._bond.join()
                ended = await asyncio.to_thread(lambda: self._home.clear_incoming(self._spools()))
        except OSError as error:
            raise Unavailable(f"the object store cannot be opened: {error.strerror or error}") from error
        self._trouble = None
        if ended:
            self._log.info("uploads-ended", count=ended)

    async def run(self) -> None:
        """Open it, however long that takes, then keep it."""
        assert self._home.lease is not None
        try:
            while self._trouble is not None:
                await self._try()
            await self._home.lease.keep()
        except Conflict as error:
            self._lost(error)

    def health(self) -> str | None:
        return self._trouble

    async def reason_to_refuse(self) -> str | Reason | None:
        """Why nothing may be destroyed: the store is not this storage's."""
        if self._home.lease is None:
            return None
        return await self._home.lease.reason_to_refuse()

    async def close(self) -> None:
        """Let go of it."""
        if self._home.lease is not None:
            await asyncio.to_thread(self._home.lease.release)

    async def _try(self) -> None:
        try:
            await self.once()
        except Conflict:
            raise
        except BeffroiError as error:
            told = f"the object store cannot be opened: {error.detail}"
            if told != self._trouble:
                self._log.error("object-store-away", reason=error.detail)
            self._trouble = told
            await self._clock.sleep(_RETRY_S)
