"""An edge sends no faster than it may, and saves nothing up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import SimulatedClock
from storage.edge.pace import Pace

S = 1_000_000_000


@settings(max_examples=40)
@given(st.integers(8_000, 50_000_000), st.lists(st.tuples(st.floats(0, 5), st.floats(0, 1)), max_size=20))
async def test_over_any_time_no_more_is_sent_than_the_rate_and_one_chunk(
    bytes_per_s: int, chunks: list[tuple[float, float]]
) -> None:
    clock = SimulatedClock(0)
    pace, sent = Pace(bytes_per_s, clock), 0
    for idle_s, share in chunks:
        await clock.advance(idle_s)
        owed_s = pace.owed_ns / 1e9
        await clock.advance(max(0.0, owed_s) + 1e-6)
        size = int(pace.chunk_bytes * share)
        pace.sent(size)
        sent += size
        assert sent <= clock.monotonic_ns() / S * bytes_per_s + pace.chunk_bytes + 1
    assert 16 << 10 <= pace.chunk_bytes <= 1 << 20
