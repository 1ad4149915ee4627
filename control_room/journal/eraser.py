"""Erases entries whose years are over, so that the rest and every head that is kept still verify."""

from datetime import datetime, timedelta
from itertools import pairwise

from control_room.db.engine import Database
from control_room.db.transaction import Transaction
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.signed_journal import KeptJournalHead
from control_room.model.times import utc_now
from shared.clock import Clock
from shared.errors import BeffroiError, Conflict
from shared.evidence.journal_chain import JournalChain
from shared.log import get_logger
from shared.reasons import why
from shared.utc import instant_of, ns_of

EVERY_S = 3600.0
_FASTEST = 2
"""Times as fast as it passes is the trusted time let grow: a clock set forward by years is not believed."""
_AT_ONCE = 5000
_MINUTELY = timedelta(days=31)
"""Of heads older than this one an hour is kept."""
_HOUR_NS = 3_600_000_000_000


class Eraser:
    """Looks every hour. What it erases, a head stands for: the tree goes on from there.

    It believes in the clock no further than that hours passed: what a clock that jumps makes old stays.
    """

    def __init__(self, db: Database, clock: Clock, years: int) -> None:
        self._db = db
        self._clock = clock
        self._years = years
        self._log = get_logger("control_room.journal")
        self.trouble: str | None = None
        """Why nothing is erased, None where all is well."""

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.round()
            await self._clock.sleep(EVERY_S)

    async def round(self) -> None:
        """Erase what is over, and thin out old heads."""
        try:
            trusted = await self._trusted()
            if trusted is not None:
                before_ns = ns_of(years_before(trusted, self._years))
                while await self._erase(before_ns):
                    pass
                await self._thin(ns_of(trusted - _MINUTELY))
        except Conflict as error:
            self._tell(f"the journal is not erased: {error.detail}")
        except BeffroiError as error:
            self._tell(error.detail)
        else:
            self._tell(None)

    async def _trusted(self) -> datetime | None:
        """The time that is believed in; None before anything was signed."""
        now = utc_now(self._clock)
        async with self._db.write() as tx:
            past, newest = await tx.journal_heads.past(), await tx.journal_heads.newest()
            if past is None or newest is None:
                return None
            first = await tx.journal_heads.longer_than(past.start.tree.size)
            since = past.trusted or instant_of((first or newest).head.at_ns)
            trusted = min(now, since + _FASTEST * timedelta(seconds=EVERY_S))
            if past.trusted is None or trusted > past.trusted:
                await tx.journal_heads.trust(trusted)
            return trusted

    async def _erase(self, before_ns: int) -> bool:
        """Erase up to one head; whether there may be more. Raises Conflict where that was altered."""
        async with self._db.write() as tx:
            past = await tx.journal_heads.past()
            over = await tx.journal_heads.before(before_ns)
            if past is None or over is None or over.head.size <= past.start.tree.size:
                return False
            size = past.start.tree.size
            head = await tx.journal_heads.longer_than(size, min(size + _AT_ONCE, over.head.size))
            assert head is not None
            chain = JournalChain(past.start, [head.head])
            async for lines in tx.journal.lines(size, head.head.size):
                chain.add(lines)
            fault = chain.end(head.head.size, head.head.last)
            if fault is not None:
                # What was altered stays, as it is, for whoever looks into it.
                raise Conflict(fault.reason)
            await self._let_go(tx, head, head.head.size - size)
        return True

    async def _let_go(self, tx: Transaction, head: KeptJournalHead, entries: int) -> None:
        await tx.journal.erase(head.head.size)
        await tx.journal_heads.erased(head)
        said = why(
            "journal-erased",
            "{count} entries up to entry {last} are over {years} years old",
            count=entries,
            last=head.head.size,
            years=self._years,
        )
        event = AuditEvent(AuditAction.ERASE_JOURNAL, Outcome.DONE)
        await tx.journal.write(utc_now(self._clock), event.telling(said, Outcome.DONE))

    async def _thin(self, before_ns: int) -> None:
        """Keep the last head of each hour of those from before an instant."""
        behind = 0
        while True:
            async with self._db.write() as tx:
                found = await tx.journal_heads.instants(before_ns, behind, _AT_ONCE)
                if len(found) < 2:
                    return
                pairs = pairwise(found)
                await tx.journal_heads.drop(
                    [number for (number, at), (_, next_at) in pairs if at // _HOUR_NS == next_at // _HOUR_NS]
                )
            behind = found[-1][0] - 1
            if len(found) < _AT_ONCE:
                return

    def _tell(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            self._log.error("journal-not-erased", reason=trouble)
        self.trouble = trouble


def years_before(at: datetime, years: int) -> datetime:
    """The same day and hour some years before; of 29 February in another year, 28 February."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)
