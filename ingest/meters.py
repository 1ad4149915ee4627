"""Counters of ingest. The only label that varies is the stream, of which a commune has a bounded number."""

from collections.abc import Iterable
from dataclasses import fields

from ingest.ports import SourceCounts
from shared import metrics
from shared.ids import StreamId
from shared.messages.ingest import CameraReport, CameraStatus

_STREAM = ["stream"]
_FAULTS = [
    field.name for field in fields(SourceCounts) if field.name not in ("packets", "begun", "clock_offset_ns")
]
_UNITS_AT_ONCE = 16
"""About a second of pictures: cheaper than telling Prometheus of each."""


class Meters:
    """The worker's metrics. Build it once a process."""

    def __init__(self) -> None:
        self.units = metrics.counter("ingest_units_total", "Units given on", _STREAM)
        self.bytes = metrics.counter("ingest_unit_bytes_total", "Bytes of units given on", _STREAM)
        self.runs = metrics.counter("ingest_runs_total", "Runs begun", _STREAM)
        self.drops = metrics.counter("ingest_units_dropped_total", "Units dropped", _STREAM)
        self.faults = metrics.counter(
            "ingest_source_faults_total",
            "What cameras and networks did wrong and was passed over, in packets, pictures or bytes",
            [*_STREAM, "fault"],
        )
        self.offsets = metrics.gauge(
            "ingest_camera_clock_offset_seconds", "How far the camera's clock is ahead of ours", _STREAM
        )
        self._cameras = metrics.gauge("ingest_cameras", "Cameras in each state", ["status"])

    def of(self, stream: StreamId) -> "StreamMeters":
        return StreamMeters(self, str(stream))

    def states(self, reports: Iterable[CameraReport]) -> None:
        """Count the cameras in each state."""
        counts = dict.fromkeys(CameraStatus, 0)
        for report in reports:
            counts[report.status] += 1
        for status, count in counts.items():
            self._cameras.labels(status.value).set(count)


class StreamMeters:
    """One stream's counters."""

    def __init__(self, meters: Meters, stream: str) -> None:
        self._all = (meters.units, meters.bytes, meters.runs, meters.drops)
        self._stream = stream
        self._faults, self._offsets = meters.faults, meters.offsets
        self._seen: dict[str, int] = {}
        self._ever: set[str] = set()
        self._gone = False
        self._new_units = self._new_bytes = 0
        self._units, self._bytes, self._runs, self._drops = (counter.labels(stream) for counter in self._all)

    def unit(self, size: int, count: int = 1) -> None:
        """Units of so many bytes are given on; it is told within _UNITS_AT_ONCE, or with `source`."""
        self._new_units += count
        self._new_bytes += size
        if self._new_units >= _UNITS_AT_ONCE:
            self._tell()

    def run(self) -> None:
        self._runs.inc()

    def drop(self, count: int) -> None:
        self._drops.inc(count)

    def opened(self) -> None:
        """Another source: its counts begin at naught."""
        self._seen.clear()

    def source(self, counts: SourceCounts) -> None:
        """Note what has come to the counts of the source since last time."""
        if self._gone:
            # The streamer ends after its camera was forgotten.
            return
        self._tell()
        if counts.clock_offset_ns is not None:
            self._offsets.labels(self._stream).set(counts.clock_offset_ns / 1e9)
            self._ever.add("clock_offset_ns")
        for fault in _FAULTS:
            count = getattr(counts, fault)
            if count > self._seen.get(fault, 0):
                self._faults.labels(self._stream, fault).inc(count - self._seen.get(fault, 0))
                self._seen[fault] = count
                self._ever.add(fault)

    def _tell(self) -> None:
        self._units.inc(self._new_units)
        self._bytes.inc(self._new_bytes)
        self._new_units = self._new_bytes = 0

    def forget(self) -> None:
        """Take the stream out of the metrics: it is no longer pulled."""
        for fault in self._ever:
            if fault == "clock_offset_ns":
                self._offsets.remove(self._stream)
            else:
                self._faults.remove(self._stream, fault)
        self._ever.clear()
        self._gone = True
        for counter in self._all:
            counter.remove(self._stream)
