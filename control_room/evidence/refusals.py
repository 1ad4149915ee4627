"""Whether storage destroys what is due, as it told last. In memory: after a restart it is heard anew."""

from dataclasses import dataclass, replace
from datetime import datetime

from control_room.model.times import utc_from_ns, utc_now
from control_room.model.told import plain, plain_reason, plain_why
from shared.clock import Clock
from shared.messages.storage import HeldReport, HeldShare
from shared.reasons import Reason

_MOST_GROUNDS = 16


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why storage destroyed nothing when it was last heard. An empty `reason` says that it destroys.

    `since` is when storage was first heard to refuse, at the earliest when this service started. `storage_at`
    is what its clock said when it was heard, None where it told no time or no sane one. `failure` is why it
    does not destroy although it would. `grounds` are the parts of `reason`, with their codes.
    `share` is how much of the disk holds keep.
    """

    heard_at: datetime
    reason: str
    since: datetime | None = None
    clock_disputed: bool = False
    storage_at: datetime | None = None
    failure: str = ""
    grounds: tuple[Reason, ...] = ()
    failure_why: Reason | None = None
    share: HeldShare | None = None


class Refusals:
    """What storage told last of its destruction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusal: Refusal | None = None

    def hear(self, report: HeldReport) -> None:
        """Take why storage destroys nothing, empty where it destroys what is due, and what time it has."""
        now, before = utc_now(self._clock), self._refusal
        refusal = plain(report.refusal)
        refused_since = None if before is None else before.since
        self._refusal = Refusal(
            heard_at=now,
            reason=refusal,
            since=(refused_since or now) if refusal else None,
            clock_disputed=bool(refusal) and report.clock_disputed,
            storage_at=None if report.utc_ns is None else utc_from_ns(report.utc_ns),
            failure=plain(report.failure),
            grounds=tuple(plain_reason(ground) for ground in report.grounds[:_MOST_GROUNDS]),
            failure_why=plain_why(report.failure_why),
            share=_plain_share(report.share),
        )

    def last(self) -> Refusal | None:
        """What storage told last, None where it was not heard since this service started."""
        return self._refusal


def _plain_share(share: HeldShare | None) -> HeldShare | None:
    return None if share is None else replace(share, alarm=plain_why(share.alarm))
