"""What may be taken from a card: only what was authorised when it was captured."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis.strategies import integers

from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.messages.storage import RecordingPolicy
from shared.spans import Span
from storage.edge.authorised import Authorisation, Authorised
from storage.model.deadline import DAY_NS, deadline_ns

STREAM = StreamId("75056", "place")
HOUR_NS = DAY_NS // 24


def policy(*, recorded: bool = True, days: int = 30) -> RecordingPolicy:
    return RecordingPolicy(str(STREAM), "Place", "", recorded, days)


def spans(known: Authorised, now_ns: int) -> list[Span]:
    return [one.allows(now_ns) for one in known.of(STREAM)]


async def test_nothing_before_an_authorisation_or_behind_its_end_is_taken(tmp_path: Path) -> None:
    clock = SimulatedClock()
    known = Authorised(tmp_path / "kept", clock)
    assert spans(known, clock.utc_ns()) == []
    begun_ns = clock.utc_ns()
    known.apply([policy()])
    await clock.advance(3600)
    assert spans(known, clock.utc_ns()) == [Span(begun_ns, begun_ns + HOUR_NS)]
    known.apply([policy(recorded=False)])
    await clock.advance(3600)
    known.apply([policy()])
    await clock.advance(3600)
    assert spans(known, clock.utc_ns()) == [
        Span(begun_ns, begun_ns + HOUR_NS),
        Span(begun_ns + 2 * HOUR_NS, begun_ns + 3 * HOUR_NS),
    ]


async def test_it_is_known_over_a_restart_and_a_change_of_days_begins_another(tmp_path: Path) -> None:
    clock = SimulatedClock()
    begun_ns = clock.utc_ns()
    Authorised(tmp_path / "kept", clock).apply([policy()])
    await clock.advance(3600)
    again = Authorised(tmp_path / "kept", clock)
    again.apply([policy()])
    assert spans(again, clock.utc_ns()) == [Span(begun_ns, begun_ns + HOUR_NS)]
    again.apply([policy(days=3)])
    assert [one.days for one in again.of(STREAM)] == [30, 3]


async def test_what_cannot_be_read_allows_nothing_of_before(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b'{"known": [{"stream": 3}]}')
    clock = SimulatedClock()
    known = Authorised(tmp_path / "kept", clock)
    known.apply([policy()])
    assert spans(known, clock.utc_ns()) == [Span(clock.utc_ns(), clock.utc_ns())]


async def test_what_is_over_for_a_month_is_forgotten(tmp_path: Path) -> None:
    clock = SimulatedClock()
    known = Authorised(tmp_path / "kept", clock)
    known.apply([policy()])
    known.apply([])
    await clock.advance(40 * 86_400)
    known.apply([])
    assert known.of(STREAM) == []


@given(integers(1, 31), integers(0, 4 * 366), integers(0, 86_399))
def test_nothing_past_its_deadline_is_allowed_in_any_month(days: int, day: int, second: int) -> None:
    now_ns = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000_000 + day * DAY_NS
    now_ns += second * 1_000_000_000
    allowed = Authorisation(str(STREAM), "", days, 0).allows(now_ns)
    assert allowed.end_ns == now_ns
    assert deadline_ns(allowed.start_ns, days) > now_ns
    # No more than a few hours that would still be allowed are left out, at the ends of months.
    assert allowed.start_ns <= now_ns - min(days, 28) * DAY_NS + 2 * DAY_NS
