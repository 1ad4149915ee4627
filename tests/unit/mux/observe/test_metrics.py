"""Counts carried over to Prometheus."""

from mux.counts import Counts
from mux.observe.metrics import MuxMetrics, metric_of
from mux.sessions.viewer import End
from shared import metrics


def value(name: str) -> float:
    for line in metrics.render().decode().splitlines():
        if line.startswith(f"{name} "):
            return float(line.split()[1])
    return 0.0


def test_counts_are_carried_over_once() -> None:
    counts = Counts()
    mux_metrics = MuxMetrics(counts)
    before = value("mux_packets_total")
    counts.packets += 7
    mux_metrics.carry_over(3, 2)
    mux_metrics.carry_over(4, 2)
    assert value("mux_packets_total") - before == 7
    assert (value("mux_viewers"), value("mux_streams")) == (4, 2)


def test_every_count_has_a_metric() -> None:
    counts = Counts()
    mux_metrics = MuxMetrics(counts)
    for name in counts.take():
        setattr(counts, name, 1)
    mux_metrics.carry_over(0, 0)
    text = metrics.render().decode()
    assert all(f"{metric_of(name)} " in text for name in counts.take())


def test_operators_go_on_finding_the_metrics_they_know() -> None:
    assert metric_of("packets") == "mux_packets_total"
    assert metric_of("proactive_retransmissions") == "mux_encores_total"
    assert metric_of("key_requests_answered") == "mux_replays_total"


def test_ends_are_counted_by_reason() -> None:
    mux_metrics = MuxMetrics(Counts())
    name = 'mux_viewers_ended_total{reason="silent"}'
    before = value(name)
    mux_metrics.ended(End.SILENT)
    assert value(name) == before + 1
