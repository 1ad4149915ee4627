"""Prometheus metrics behind one door. A label's values are few: never a person, a ticket, an address."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
LATENCY_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_registry = CollectorRegistry(auto_describe=True)
# CPU, memory, open files; it looks when it is asked.
ProcessCollector(registry=_registry)
_counters: dict[str, Counter] = {}
_gauges: dict[str, Gauge] = {}
_histograms: dict[str, Histogram] = {}


def counter(name: str, help: str, labels: Sequence[str] = ()) -> Counter:
    """The counter of this name, made at the first call. `name` starts with the service, ends in `_total`."""
    if name not in _counters:
        _counters[name] = Counter(name, help, labels, registry=_registry)
    return _counters[name]


def gauge(name: str, help: str, labels: Sequence[str] = ()) -> Gauge:
    """The gauge of this name, made at the first call."""
    if name not in _gauges:
        _gauges[name] = Gauge(name, help, labels, registry=_registry)
    return _gauges[name]


def histogram(
    name: str, help: str, labels: Sequence[str] = (), buckets: Sequence[float] = LATENCY_BUCKETS_S
) -> Histogram:
    """The histogram of this name, made at the first call."""
    if name not in _histograms:
        _histograms[name] = Histogram(name, help, labels, buckets=buckets, registry=_registry)
    return _histograms[name]


def render() -> bytes:
    """All metrics of this process in the Prometheus text format."""
    return generate_latest(_registry)
