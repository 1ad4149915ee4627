"""What Prometheus is told of each stream."""

from mux.observe.stream_metrics import StreamMetrics
from mux.sessions.page_counts import PageCounts
from mux.sessions.viewer import Viewer
from shared import metrics
from shared.ids import StreamId
from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import World

# Of no other test: metrics are of the whole process.
PATH = "59350/cam-metrics"
STREAM = StreamId("59350", "cam-metrics")


def value(name: str) -> float | None:
    """A metric of the stream, None where there is none."""
    head = f'{name}{{stream="{STREAM}"}} '
    found = [line for line in metrics.render().decode().splitlines() if line.startswith(head)]
    return float(found[0].rpartition(" ")[2]) if found else None


def watched(world: World, viewers: int) -> list[Viewer]:
    return [world.viewer(world.watch_wall(PATH, tiles=1).id) for _ in range(viewers)]


def test_a_stream_s_figures_are_those_of_all_its_tiles_and_end_with_it() -> None:
    world, told = World(), StreamMetrics()
    tiles = [tile for viewer in watched(world, 2) for tile in viewer.tiles.values()]
    world.tap.give(unit(0, key=True, stream=STREAM), stream=STREAM)
    before = value("mux_stream_packets_total") or 0.0
    for _ in range(2):
        world.registry.watch_over()
        told.carry_over([STREAM], tiles)
    assert value("mux_stream_viewers") == 2
    # Twice the parameter sets and the slice, however often they are looked at.
    assert (value("mux_stream_packets_total") or 0.0) - before == 4
    told.carry_over([], [])
    assert value("mux_stream_viewers") is None
    assert value("mux_stream_packets_total") is None


def test_what_pages_count_is_added_once() -> None:
    told = StreamMetrics()
    told.carry_over([STREAM], [])
    first, second, anew = PageCounts(2, 80, 90), PageCounts(3, 120, 90), PageCounts(1, 40, 70)
    for before, now in ((PageCounts(), first), (first, second), (second, anew)):
        told.page_counted(STREAM, before, now)
    assert value("mux_stream_freezes_total") == 4
    assert value("mux_stream_first_frame_seconds_count") == 2
    told.carry_over([], [])


def test_a_report_on_a_stream_that_was_left_makes_no_metric() -> None:
    told = StreamMetrics()
    told.page_counted(STREAM, PageCounts(), PageCounts(5, 80, 90))
    assert value("mux_stream_freezes_total") is None
