"""When pictures came that are read later and together."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ingest.rtsp.arrivals import Arrivals

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
