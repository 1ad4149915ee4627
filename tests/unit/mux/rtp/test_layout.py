"""Runs of equal packets, within what the kernel cuts at one go."""

from hypothesis import given
from hypothesis import strategies as st

from mux.rtp.layout import Layout
from mux.rtp.picture import Chunk


def chunk_of(sizes: list[int]) -> Chunk:
    return Chunk.of([(0, bytes(size)) for size in sizes])


@given(st.lists(st.integers(1, 1160), min_size=1, max_size=200))
def test_runs_cut_by_their_segment_give_the_packets(sizes: list[int]) -> None:
    layout = Layout(chunk_of(sizes), 20, 16)
    cut = [
        len(run.data[start : start + run.segment])
        for run in layout.runs
        for start in range(0, len(run.data), run.segment)
    ]
    assert cut == [size + 36 for size in sizes]


@given(st.lists(st.integers(1, 1160), min_size=1, max_size=200))
def test_no_run_is_more_than_the_kernel_takes(sizes: list[int]) -> None:
    for run in Layout(chunk_of(sizes), 20, 16).runs:
        assert run.packets <= 64
        assert len(run.data) <= 65_000


def test_equal_fragments_with_a_shorter_last_one_are_one_run() -> None:
    assert len(Layout(chunk_of([1100, 1100, 1100, 900]), 20, 16).runs) == 1


def test_a_short_first_packet_is_a_run_of_its_own() -> None:
    runs = Layout(chunk_of([40, 1100, 1100]), 12, 10).runs
    assert [run.packets for run in runs] == [1, 2]
