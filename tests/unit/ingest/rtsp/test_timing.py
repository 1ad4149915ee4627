"""What the times of reads and pictures tell: above all how wrong a picture's UTC may be."""

import asyncio
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import Packet
from ingest.rtsp.timing import Timing
from ingest.rtsp.utc_mapping import MAX_OFFSET_NS
from shared.arrival import LOOSE_NS, MAX_DELAY_NS
from shared.clock import SimulatedClock
from shared.units import UtcSource
from tests.unit.ingest.rtsp.packets import IDR, SLICE, Rig, rtp, sender_report

MS = 1_000_000


async def test_what_is_read_late_was_heard_when_it_came() -> None:
    clock = SimulatedClock()
    timing = Timing(90_000, clock)
    await clock.advance(1)
    timing.arrived(None)
    timing.begin(0)
    await clock.advance(0.2)
    timing.arrived(150 * MS)
    arrivals_ns = timing.begin_all([3600, 7200])
    timing.read()
    assert timing.heard_ns == clock.monotonic_ns() - 150 * MS == timing.begun_at_ns
    assert arrivals_ns[-1] == clock.utc_ns() - 150 * MS == timing.begun_ns
    assert timing.late_ns == 150 * MS
    timing.arrived(None)
    assert (timing.late_ns, timing.heard_ns) == (0, clock.monotonic_ns())


async def test_pictures_read_together_for_the_first_time_came_as_those_did_that_were_read_at_once() -> None:
    clock = SimulatedClock()
    timing = Timing(90_000, clock)
    begun_ns = clock.utc_ns()
    for number in range(5):
        timing.arrived(None)
        timing.begin(number * 3600)
        await clock.advance(0.04)
    await clock.advance(0.76)
    timing.arrived(0)
    arrivals_ns = timing.begin_all([number * 3600 for number in range(5, 25)])
    assert [(one_ns - begun_ns) // MS for one_ns in arrivals_ns] == [number * 40 for number in range(5, 25)]


@settings(deadline=None, max_examples=40)
@given(
    ahead_ms=st.integers(-700, 700),
    least_ms=st.integers(0, 150),
    jitter_ms=st.integers(0, 120),
    seed=st.integers(0, 1 << 16),
    calm=st.booleans(),
)
def test_a_picture_s_utc_is_never_further_off_than_is_said(
    ahead_ms: int, least_ms: int, jitter_ms: int, seed: int, calm: bool
) -> None:
    taken = asyncio.run(_camera(ahead_ms, least_ms, jitter_ms, Random(seed), calm=calm))
    told = [(picture, at_ns) for picture, at_ns in taken if picture.utc_source is UtcSource.SENDER_REPORT]
    assert told
    for picture, at_ns in told:
        assert picture.utc_ns is not None
        assert abs(picture.utc_ns - at_ns) <= picture.utc_uncertainty_ns
        assert picture.utc_uncertainty_ns <= MAX_DELAY_NS + LOOSE_NS + (700 + 150 + jitter_ms + 10) * MS
        assert picture.utc_uncertainty_ns < MAX_OFFSET_NS + MAX_DELAY_NS + LOOSE_NS + 10 * MS


async def _camera(
    ahead_ms: int, least_ms: int, jitter_ms: int, random: Random, *, calm: bool
) -> list[tuple[Packet, int]]:
    """A camera whose clock is ahead by so much: its pictures, each with when it really was taken."""
    rig = Rig()
    begun_ns, shown_ns, came_ns = rig.clock.utc_ns(), list[int](), 0
    waiting: list[tuple[int, bytes]] = []
    arrived_ns: list[int] = []
    for number in range(200):
        at_ns = begun_ns + number * 40 * MS
        shown_ns.append(at_ns)
        # The first picture is a quick one: the assumption is about the quickest.
        delay_ms = least_ms + (0 if number % 7 == 0 else random.randint(0, jitter_ms))
        came_ns = max(came_ns, at_ns + delay_ms * MS)
        waiting.append((came_ns, rtp(SLICE if number else IDR, number, number * 3600, marker=True)))
        arrived_ns.append(came_ns)
    turn_ns = begun_ns
    sequence = report_at = 0
    while waiting:
        if calm:
            turn_ns += random.randint(150, 210) * MS
        else:
            turn_ns = waiting[0][0]
        await rig.clock.advance((turn_ns - rig.clock.utc_ns()) / 1e9)
        now_ns = rig.clock.utc_ns()
        came = [one for one in waiting if one[0] <= now_ns]
        waiting = waiting[len(came) :]
        if not came:
            continue
        late_ns = max(0, now_ns - came[-1][0] - random.randint(0, LOOSE_NS))
        rig.receiver.arrived(late_ns if calm else None)
        if sequence >= report_at:
            rig.receiver.control(sender_report(shown_ns[report_at] + ahead_ms * MS, report_at * 3600))
            report_at += 25
        for _, packet in came:
            rig.receiver.packet(memoryview(packet), 0, len(packet))
            sequence += 1
        if calm:
            rig.receiver.read()
    return list(zip(rig.pictures, shown_ns, strict=True))
