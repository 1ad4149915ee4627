"""When pictures came that are read later and together, and how wrong their UTC may be."""

import asyncio
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import Packet
from ingest.rtsp.arrivals import Arrivals
from ingest.rtsp.utc_mapping import LOOSE_NS, MAX_DELAY_NS, MAX_OFFSET_NS
from shared.units import UtcSource
from tests.unit.ingest.rtsp.packets import IDR, SLICE, Rig, rtp, sender_report

MS = 1_000_000
NOW_NS = 1_700_000_000_000_000_000


def _ns(time32: int) -> int:
    return time32 * 100_000 // 9


@given(
    reads=st.lists(st.tuples(st.integers(1, 400), st.lists(st.integers(0, 1 << 32), max_size=6)), max_size=8)
)
def test_pictures_came_between_the_read_before_and_their_own_in_order(
    reads: list[tuple[int, list[int]]],
) -> None:
    arrivals, before_ns, last_ns = Arrivals(90_000), 0, NOW_NS
    for wait_ms, times32 in reads:
        last_ns += wait_ms * MS
        arrivals.read(last_ns)
        for time32 in times32:
            placed_ns = arrivals.begin(time32 % (1 << 32))
            assert before_ns <= placed_ns <= last_ns
            before_ns = placed_ns
        arrivals.newest()
        before_ns = last_ns


@given(times=st.lists(st.integers(1, 9000), min_size=1, max_size=8), known=st.booleans())
def test_all_at_one_go_are_placed_as_one_by_one(times: list[int], known: bool) -> None:
    times32 = [sum(times[: place + 1]) for place in range(len(times))]
    one, all_of_them = Arrivals(90_000), Arrivals(90_000)
    for arrivals in (one, all_of_them):
        if known:
            arrivals.read(NOW_NS)
            arrivals.begin(0)
            arrivals.newest()
        arrivals.read(NOW_NS + 500 * MS)
    assert [one.begin(time32) for time32 in times32] == all_of_them.begin_all(times32)
    assert one.newest() == all_of_them.newest()


def test_a_steady_camera_s_pictures_are_placed_where_they_came() -> None:
    arrivals, random = Arrivals(90_000), Random(3)
    number, worst_ns = 0, 0
    for turn in range(60):
        last = number + random.randint(3, 6)
        came_ns = [NOW_NS + picture * 40 * MS for picture in range(number, last)]
        arrivals.read(came_ns[-1])
        placed_ns = [arrivals.begin(picture * 3600) for picture in range(number, last)]
        arrivals.newest()
        if turn:
            worst_ns = max(worst_ns, *(abs(a - b) for a, b in zip(placed_ns, came_ns, strict=True)))
        number = last
    assert worst_ns <= 1 * MS


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
