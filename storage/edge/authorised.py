"""When each stream was authorised to be recorded, and for how many days: a card has more than was.

A camera fills its card whatever anybody authorised. What was captured while the edge did not know of an
authorisation is not taken from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shared.clock import Clock
from shared.errors import BadInput, Unavailable
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.codec import decode, encode
from shared.messages.storage import RecordingPolicy
from shared.spans import Span
from storage.model.deadline import DAY_NS, MAX_DAYS, deadline_ns, month_later_ns
from storage.objects.whole import write_last

_MOST = 10_000
_SECOND_NS = 1_000_000_000
_KEEP_NS = (MAX_DAYS + 1) * DAY_NS


@dataclass(frozen=True, slots=True)
class Authorisation:
    """A stream was to be recorded in [start_ns, end_ns), with `days`; `end_ns` is None while it is."""

    stream: str
    name: str
    days: int
    start_ns: int
    end_ns: int | None = None

    def allows(self, now_ns: int) -> Span:
        """What was captured under it and is not past its deadline."""
        end_ns = now_ns if self.end_ns is None else self.end_ns
        start_ns = max(self.start_ns, now_ns - self.days * DAY_NS)
        while start_ns < end_ns and deadline_ns(start_ns, self.days) <= now_ns:
            # A month that is shorter than the days: to where one that began then would still go on.
            start_ns += max(_SECOND_NS, now_ns - month_later_ns(start_ns))
        return Span(start_ns, max(start_ns, end_ns))


@dataclass(frozen=True, slots=True)
class Authorisations:
    """All that is known, as it is kept."""

    known: tuple[Authorisation, ...]


class Authorised:
    """Learns from each set of policies, and keeps what it knows in a file over restarts.

    While the edge is off the policies it knew last are taken to hold: the centre, which knows better, refuses
    what it did not authorise.
    """

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file, self._clock = file, clock
        self._log = get_logger("storage")
        self._known = list(self._read())

    def apply(self, policies: Sequence[RecordingPolicy]) -> None:
        """These policies hold from now on."""
        now_ns = self._clock.utc_ns()
        wanted = {one.stream: (one.name, one.days) for one in policies if one.recorded}
        known: list[Authorisation] = []
        for one in self._known:
            if one.end_ns is None:
                if wanted.get(one.stream) == (one.name, one.days):
                    del wanted[one.stream]
                else:
                    one = replace(one, end_ns=now_ns)
            if one.end_ns is None or one.end_ns > now_ns - _KEEP_NS:
                known.append(one)
        known += [Authorisation(stream, name, days, now_ns) for stream, (name, days) in wanted.items()]
        if known != self._known:
            self._known = known[-_MOST:]
            self._write()

    def of(self, stream: StreamId) -> list[Authorisation]:
        """What is known of a stream, oldest first."""
        return [one for one in self._known if one.stream == str(stream)]

    def _read(self) -> tuple[Authorisation, ...]:
        try:
            return decode(Authorisations, self._file.read_bytes()).known
        except FileNotFoundError:
            return ()
        except (OSError, BadInput) as error:
            # Nothing is then taken of what was captured before now.
            self._log.error("authorisations-unreadable", file=str(self._file), cause=type(error).__name__)
            return ()

    def _write(self) -> None:
        try:
            write_last(self._file, encode(Authorisations(tuple(self._known))))
        except (OSError, Unavailable) as error:
            self._log.error("authorisations-not-kept", file=str(self._file), cause=type(error).__name__)
