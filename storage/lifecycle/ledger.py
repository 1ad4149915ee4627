"""The register of captures and destructions: signed once a minute, kept beside the objects, told on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.clock import Clock
from shared.errors import BadInput, BeffroiError, Conflict, Unavailable
from shared.evidence.destruction_proof import day_at
from shared.evidence.ledger import Head
from shared.evidence.ledger_news import LedgerKept, LedgerUpdate
from shared.evidence.signature import EvidenceKey
from shared.log import get_logger
from storage.index.ledger import LedgerRows, Register, Sealed, Unsigned
from storage.lifecycle.ledger_notes import LedgerNotes, json_of, packed
from storage.metrics import LedgerMetrics
from storage.model.deadline import DAY_NS

EVERY_S = 60.0
_RETRY_S = 5.0
_MOST_SENT = 200
_MOST_HEADS = 20
_REINDEX = "run `python -m storage reindex`"

Tell = Callable[[bytes], Awaitable[LedgerKept]]
"""Sends a LedgerUpdate as JSON to control_room. Raises BadInput, Conflict where refused, Unavailable."""


@dataclass(frozen=True, slots=True)
class LedgerParts:
    """What the register stands on. `name` gives a new register its name."""

    rows: LedgerRows
    notes: LedgerNotes
    key: EvidenceKey
    name: Callable[[], str]


class Ledger:
    """What is entered waits in the index until a head takes it in; nothing of it is ever left out.

    A head is in the index first, then beside the objects, then at control_room: each step is done again
    after a crash, and control_room takes each head once and in order.
    """

    def __init__(
        self, parts: LedgerParts, clock: Clock, metrics: LedgerMetrics, tell: Tell, *, keep_days: int
    ) -> None:
        self._rows = parts.rows
        self._notes = parts.notes
        self._key = parts.key
        self._name = parts.name
        self._clock = clock
        self._metrics = metrics
        self._tell = tell
        self._keep_days = keep_days
        self._turn = asyncio.Lock()
        self._kept: int | None = None
        self._trouble: str | None = None
        self._log = get_logger("storage")

    def health(self) -> str | None:
        return self._trouble

    async def run(self) -> None:
        """Seal and tell for ever."""
        while True:
            trouble = self._trouble
            try:
                await self.seal()
                await self.tell()
                await self._thin()
                self._trouble = None
            except BeffroiError as error:
                self._trouble = f"the register of captures and destructions is not kept: {error.detail}"
                if trouble is None:
                    self._log.error("ledger-not-kept", reason=error.detail)
            await self._clock.sleep(EVERY_S if self._trouble is None else _RETRY_S)

    async def start(self) -> None:
        """Begin the register where there is none, or another where the evidence key is another one.

        Raises Conflict where the index lost it, Unavailable.
        """
        known, beside = await self._rows.register(), await asyncio.to_thread(self._notes.register)
        if known is None and beside is None:
            known = Register(self._name(), self._clock.utc_ns())
            await self._rows.start(known)
        if beside is None and known is not None:
            await asyncio.to_thread(self._notes.begin, known)
        elif known != beside:
            raise _lost("the index has lost the register")
        newest = await self._rows.newest()
        if newest is not None and newest.head.read().fingerprint != self._key.public.fingerprint:
            self._log.error("ledger-begun-anew", reason="the evidence key is another one")
            renewed = Register(self._name(), self._clock.utc_ns())
            await self._rows.renew(renewed)
            await asyncio.to_thread(self._notes.begin, renewed)
            self._kept = None

    async def seal(self) -> int:
        """Take all that was entered into signed heads, and write them beside the objects; how many entries.

        Raises Conflict where the index is older than what is beside the objects, Unavailable.
        """
        async with self._turn:
            await self.start()
            await self._write()
            await self._check_not_behind()
            sealed = more = await self._rows.seal(self._sign)
            heads = 1
            while more and heads < _MOST_HEADS:
                await self._write()
                more = await self._rows.seal(self._sign)
                sealed, heads = sealed + more, heads + 1
            await self._write()
        self._metrics.waiting.set(await self._rows.waiting())
        if sealed:
            self._metrics.sealed_s.set(self._clock.utc_ns() / 1e9)
        return sealed

    async def tell(self) -> None:
        """Send control_room the heads it lacks, in order, some at most.

        Raises Conflict where it refuses one or has newer ones, BadInput, Unavailable.
        """
        register, newest = await self._rows.register(), await self._rows.newest()
        if register is None or newest is None:
            return
        number = newest.number if self._kept is None else min(self._kept + 1, newest.number)
        for _ in range(_MOST_SENT):
            data = await asyncio.to_thread(self._notes.read, register.ledger, number)
            if data is None:
                raise Unavailable(f"head {number} of the register is not beside the objects")
            kept = await self._tell(json_of(data))
            if kept.ledger != register.ledger:
                raise BadInput("control_room speaks of another register")
            self._kept = kept.number
            self._metrics.untold.set(max(0, newest.number - kept.number))
            if kept.number > newest.number:
                raise _lost("control_room has newer heads of the register than this index")
            if kept.number == newest.number:
                return
            number = kept.number + 1

    async def _check_not_behind(self) -> None:
        register, newest = await self._rows.register(), await self._rows.newest()
        number = 1 if newest is None else newest.number + 1
        assert register is not None
        if await asyncio.to_thread(self._notes.read, register.ledger, number) is not None:
            raise _lost("the index is older than the register beside the objects")

    async def _write(self) -> None:
        register = await self._rows.register()
        for sealed in await self._rows.unwritten():
            assert register is not None
            await asyncio.to_thread(self._notes.write, register.ledger, sealed.number, sealed.update)
            await self._rows.written(sealed.number)

    async def _thin(self) -> None:
        before = day_at(self._clock.utc_ns() - self._keep_days * DAY_NS)
        day = await self._rows.thin(before)
        if day is not None:
            self._log.info("ledger-thinned", day=day)

    def _sign(self, unsigned: Unsigned) -> Sealed:
        public = self._key.public
        head = Head(
            ledger=unsigned.register.ledger,
            number=unsigned.number,
            at_ns=self._clock.utc_ns(),
            began_ns=unsigned.register.began_ns,
            days=unsigned.days,
            root=unsigned.root,
            previous=unsigned.previous,
            fingerprint=public.fingerprint,
        ).signed(self._key)
        update = LedgerUpdate(head.document, head.signature, public.pem().decode(), unsigned.news)
        return Sealed(unsigned.number, head, packed(update))


def _lost(what: str) -> Conflict:
    return Conflict(f"{what}: {_REINDEX}")
