"""Which mux a new viewer goes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.live.placement import Candidate, MuxHealth, choose
from shared.errors import Unavailable

URLS = [f"https://mux-{number}.test" for number in range(5)]
candidates = st.lists(
    st.builds(
        Candidate,
        st.sampled_from(URLS),
        st.sampled_from(MuxHealth),
        st.floats(0, 2),
        st.booleans(),
    ),
    max_size=5,
    unique_by=lambda mux: mux.url,
)
avoided = st.sampled_from(["", "https://nobody.test", *URLS])


@given(candidates, avoided)
def test_a_viewer_goes_where_there_is_life_and_room(muxes: list[Candidate], avoid: str) -> None:
    usable = [mux for mux in muxes if mux.health is not MuxHealth.DEAD and not mux.full]
    if not usable:
        with pytest.raises(Unavailable):
            choose(muxes, avoid)
        return
    chosen = next(mux for mux in usable if mux.url == choose(muxes, avoid))
    assert chosen.url != avoid or len(usable) == 1
    rivals = [mux for mux in usable if mux.url != avoid] or usable
    in_time = [mux for mux in rivals if mux.health is MuxHealth.LIVING]
    assert chosen.load == min(mux.load for mux in in_time or rivals)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=5), st.integers(1, 120))
def test_viewers_spread_until_all_muxes_are_as_loaded(loads: list[int], arriving: int) -> None:
    counts = dict(zip(URLS, loads, strict=False))
    for _ in range(arriving):
        chosen = choose([Candidate(url, MuxHealth.LIVING, count / 500) for url, count in counts.items()])
        counts[chosen] += 1
    started = dict(zip(URLS, loads, strict=False))
    grown = [url for url in counts if counts[url] > started[url]]
    assert max(counts[url] for url in grown) <= min(counts.values()) + 1


@pytest.mark.parametrize(
    ("muxes", "said"),
    [
        ([], "no mux answers"),
        ([Candidate("a", MuxHealth.DEAD, 0)], "no mux answers"),
        ([Candidate("a", MuxHealth.LIVING, 1, full=True)], "as many viewers as it may"),
        ([Candidate("a", MuxHealth.DEAD, 0), Candidate("b", MuxHealth.LATE, 1, True)], "as many viewers"),
    ],
)
def test_where_nobody_can_serve_it_says_whether_they_are_gone_or_full(
    muxes: list[Candidate], said: str
) -> None:
    with pytest.raises(Unavailable, match=said):
        choose(muxes)
