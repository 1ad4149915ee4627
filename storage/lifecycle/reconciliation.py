"""Holds as control_room knows them: each is confirmed here before anything is destroyed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import BadInput, BeffroiError, Unavailable
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.storage import HeldReport, HeldShare, HoldOrder, KnownHolds
from shared.reasons import Reason, why
from storage.index.holds import Hold
from storage.lifecycle.holds import Holds
from storage.metrics import HoldMetrics
from storage.model.instants import ns_from_datetime

_EVERY_S = 5.0
_STALE_NS = 3600 * 1_000_000_000
_AWAY_NS = 10 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing is destroyed, None where it is not refused, and whether the clock is one of the reasons.

    `failure` is why destruction fails where it is not refused, `grounds` is the reason one by one.
    """

    reason: str | None
    clock_disputed: bool = False
    failure: Reason | None = None
    grounds: tuple[Reason, ...] = ()


Ask = Callable[[HeldReport], Awaitable[KnownHolds]]
"""Tells control_room what is held and gives what it knows. Raises BadInput, Unavailable."""


def hold_of(order: HoldOrder) -> Hold:
    """The hold that an order asks for. Raises BadInput."""
    if not order.reference.strip():
        raise BadInput(
            why("hold-reference-missing", "a hold needs the reference of a procedure"), "reference"
        )
    start_ns, end_ns = ns_from_datetime(order.start, "start"), ns_from_datetime(order.end, "end")
    if end_ns <= start_ns:
        raise BadInput(why("range-reversed", "a hold ends after it starts"), "end")
    return Hold(order.id, str(StreamId.parse(order.stream)), start_ns, end_ns, order.reference)


class Reconciliation:
    """Asks control_room every 5 s which holds there are; places what is missing, ends what it has ended.

    A hold that control_room does not know stays: its database may be the older one.
    """

    def __init__(
        self,
        ask: Ask,
        holds: Holds,
        clock: Clock,
        metrics: HoldMetrics,
        refused: Callable[[], Refused],
        share: Callable[[], HeldShare | None],
    ) -> None:
        self._ask = ask
        self._holds = holds
        self._clock = clock
        self._metrics = metrics
        self._refused = refused
        self._share = share
        self._active: tuple[HoldOrder, ...] = ()
        self._told_ns: int | None = None
        self._trouble: str | None = None
        self._away: tuple[Unavailable, int] | None = None
        self._turn = asyncio.Lock()
        self._log = get_logger("storage")

    def health(self) -> str | None:
        return self._trouble

    async def run(self) -> None:
        """Reconcile for ever."""
        while True:
            try:
                await self.once()
                self._trouble = None
            except BeffroiError as error:
                if self._trouble is None:
                    self._log.warning("holds-not-reconciled", reason=error.detail)
                self._trouble = f"holds are not reconciled with control_room: {error.detail}"
            await self._clock.sleep(_EVERY_S)

    async def once(self) -> None:
        """Ask, and make what is held agree. Raises BeffroiError; what is held may be more then, not less."""
        async with self._turn:
            held = await self._holds.ids()
            known = await self._ask(self._report(held))
            active = {order.id for order in known.active}
            self._active = known.active
            ended = held.intersection(known.released) - active
            for id in sorted(ended):
                await self._holds.remove(id)
                self._log.info("hold-ended", hold=id)
            await self._place_missing()
            self._told_ns, self._away = self._clock.monotonic_ns(), None
            self._metrics.foreign.set(len(held - ended - active))

    def _report(self, held: set[str]) -> HeldReport:
        refused = self._refused()
        return HeldReport(
            ids=tuple(sorted(held)),
            refusal=refused.reason or "",
            clock_disputed=refused.clock_disputed,
            utc_ns=self._clock.utc_ns(),
            failure="" if refused.failure is None else refused.failure.text,
            failure_why=refused.failure,
            grounds=refused.grounds,
            share=self._share(),
        )

    async def reason_to_refuse(self) -> str | Reason | None:
        """Why nothing may be destroyed: a hold is not kept here, or control_room was not heard for an hour.

        Control_room is asked anew, so that a hold ordered a moment ago counts; while it does not answer, what
        it told last is enough.
        """
        away: Unavailable | None = None
        try:
            away = await self._asked_anew()
            await self._place_missing()
        except BeffroiError as error:
            return error.told
        told_ns, now_ns = self._told_ns, self._clock.monotonic_ns()
        if away is None or (told_ns is not None and now_ns - told_ns <= _STALE_NS):
            return None
        if told_ns is None:
            return why(
                "holds-never-confirmed",
                "holds are not confirmed with control_room since this start: {cause}",
                cause=cause_of(away),
            )
        return why(
            "holds-unconfirmed",
            "holds are not confirmed with control_room for over an hour: {cause}",
            cause=cause_of(away),
        )

    async def ask(self) -> str | Reason | None:
        """The same of who must destroy on time, heard or not: why a hold that was told is not kept here."""
        try:
            await self._asked_anew()
            await self._place_missing()
        except BeffroiError as error:
            return error.told
        return None

    async def _asked_anew(self) -> Unavailable | None:
        """Why control_room did not answer. One that is away is left alone for a while."""
        now_ns = self._clock.monotonic_ns()
        if self._away is not None and now_ns - self._away[1] < _AWAY_NS:
            return self._away[0]
        try:
            await self.once()
            return None
        except Unavailable as error:
            self._away = error, now_ns
            return error

    async def _place_missing(self) -> None:
        """Place each hold of control_room's that is not kept as it was ordered."""
        held = {(hold.id, hold.stream): hold for hold in await self._holds.all()}
        missing = 0
        for order in self._active:
            try:
                hold = hold_of(order)
            except BeffroiError as error:
                raise BadInput(
                    why(
                        "hold-impossible",
                        "hold {hold} cannot be kept: {cause}",
                        hold=order.id,
                        cause=cause_of(error),
                    )
                ) from error
            kept = held.get((hold.id, hold.stream))
            if kept is None or kept.start_ns > hold.start_ns or kept.end_ns < hold.end_ns:
                await self._holds.put(hold)
                missing += 1
                self._log.warning("hold-placed-from-list", hold=hold.id)
        self._metrics.active.set(len(self._active))
        self._metrics.replaced.inc(missing)
