"""Signs the journal, once a minute: what is signed cannot be altered, removed or cut off unseen."""

import asyncio
from datetime import datetime, timedelta

from control_room.db.engine import Database
from control_room.model.names import Names
from control_room.model.signed_journal import KeptJournalHead, next_head
from control_room.model.times import utc_now
from shared import metrics
from shared.clock import Clock
from shared.errors import BeffroiError, Conflict
from shared.evidence.journal_chain import Fault, JournalChain, Start
from shared.evidence.signature import EvidenceKey
from shared.log import get_logger
from shared.utc import instant_of

EVERY_S = 60.0
_STILL = timedelta(hours=1)
"""A journal in which nothing happens is signed all the same: its silence is not taken for a failure."""


class Signer:
    """Checks what is new behind the newest head, and signs it. What does not hold is never signed."""

    def __init__(self, db: Database, key: EvidenceKey, clock: Clock, names: Names) -> None:
        self._db = db
        self._key = key
        self._clock = clock
        self._names = names
        self._log = get_logger("control_room.journal")
        self._signed = metrics.gauge(
            "control_room_journal_signed_entries", "Entries of the newest signed head"
        )
        self._at = metrics.gauge(
            "control_room_journal_signed_seconds", "When the newest head was signed, UTC"
        )
        self.trouble: str | None = None
        """Why nothing is signed, None where all is well."""

    async def run(self) -> None:
        """Sign for ever."""
        while True:
            await self.round()
            await self._clock.sleep(EVERY_S)

    async def round(self) -> KeptJournalHead | None:
        """Sign what is new; the newest head, None where there is none."""
        try:
            head = await self._round()
        except BeffroiError as error:
            self._tell(error.detail)
            return None
        if head is not None:
            self._signed.set(head.head.size)
            self._at.set(head.head.at_ns / 1e9)
        return head

    async def _round(self) -> KeptJournalHead | None:
        async with self._db.snapshot() as tx:
            newest = await tx.journal_heads.newest()
            past = await tx.journal_heads.past()
            start = newest.reached if newest is not None else Start() if past is None else past.start
            seq, last = await tx.journal.end()
            chain = JournalChain(start)
            at = utc_now(self._clock)
            async for lines in tx.journal.lines(start.tree.size):
                # Some thousand entries at once: at the first start of an old journal they are many.
                await asyncio.to_thread(chain.add, lines)
                # Of a clock that was set back, entries are not older than what their head says.
                at = max(at, datetime.fromisoformat(max(line.at for line in lines)))
            fault = chain.end(seq, last)
        if fault is not None:
            self._refuse(fault)
            return newest
        self._tell(None)
        return await self._keep(newest, Start(chain.tree, last), at)

    async def _keep(
        self, newest: KeptJournalHead | None, reached: Start, at: datetime
    ) -> KeptJournalHead | None:
        grown = newest is None or newest.head.size < reached.tree.size
        if newest is not None and not grown and at - instant_of(newest.head.at_ns) < _STILL:
            return newest
        try:
            async with self._db.write() as tx:
                past = await tx.journal_heads.past() or await tx.journal_heads.begin(self._names.new("jrn"))
                head = next_head(past.journal, newest, reached, at, self._key)
                await tx.journal_heads.keep(head)
        except Conflict:
            # Another process signed first; the next round goes on from there.
            return newest
        return head

    def _refuse(self, fault: Fault) -> None:
        self._tell(f"the journal is not signed: {fault.reason}")

    def _tell(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            self._log.error("journal-not-signed", reason=trouble)
        self.trouble = trouble
