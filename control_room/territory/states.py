"""How cameras and recordings are, as last told. In memory: after a restart it is heard anew in seconds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from control_room.model.times import utc_now
from shared.clock import Clock
from shared.ids import StreamId
from shared.messages.ingest import CameraReport, CameraStatus
from shared.messages.storage import RecordingReport, RecordingStatus
from shared.reasons import Reason, why

T = TypeVar("T")

UNHEARD_S = 15
UNDECODABLE = "pictures-do-not-decode"
"""The code of a camera's state by which its recordings are of no use."""


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """What somebody last told, and when (UTC and monotonic)."""

    at: datetime
    at_ns: int
    reports: dict[str, T]


@dataclass(frozen=True, slots=True)
class CameraState:
    """A report with the time of the last word of its worker, None before the first."""

    report: CameraReport
    heard_at: datetime | None


class States:
    """What ingest workers and storage told last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started_at = self._now()
        self._communes: dict[str, Heard[CameraReport]] = {}
        self._recorder: Heard[RecordingReport] | None = None
        self._workers: dict[str, datetime] = {}

    def worker_spoke(self, worker: str) -> None:
        """Note that a worker credential was used."""
        self._workers[worker] = self._now()

    def worker_heard_at(self, worker: str) -> datetime | None:
        """When a worker credential was last used since this service started."""
        return self._workers.get(worker)

    def hear(self, commune: str, reports: Iterable[CameraReport]) -> None:
        """Take what a commune's worker says of all its streams, in place of what it said before."""
        told = {report.stream: report for report in reports}
        self._communes[commune] = Heard(self._now(), self._clock.monotonic_ns(), told)

    def hear_recorder(self, reports: Iterable[RecordingReport]) -> None:
        """Take what storage says of all streams."""
        told = {report.stream: report for report in reports}
        self._recorder = Heard(self._now(), self._clock.monotonic_ns(), told)

    def forget_commune(self, commune: str) -> None:
        """Drop what was told of a commune that is no more."""
        self._communes.pop(commune, None)

    def camera(self, stream: StreamId) -> CameraState:
        """How a stream is. Unknown, with the reason, when its worker was not heard for 15 s."""
        heard = self._communes.get(stream.commune)
        if heard is None:
            reason = why(
                "worker-not-heard",
                "the commune's ingest worker has not been heard since this service started",
            )
            return self._unknown(stream, reason, self._started_at, None)
        report = heard.reports.get(str(stream))
        silent_s = self._silent_s(heard.at_ns)
        if silent_s >= UNHEARD_S:
            reason = why(
                "worker-silent", "no word from the commune's ingest worker for {seconds} s", seconds=silent_s
            )
            lost = self._unknown(stream, reason, heard.at + timedelta(seconds=UNHEARD_S), heard.at)
            if report is None:
                return lost
            return CameraState(
                replace(
                    report,
                    status=CameraStatus.UNKNOWN,
                    reason=reason.text,
                    why=reason,
                    since=lost.report.since,
                ),
                heard.at,
            )
        if report is None:
            return self._unknown(
                stream,
                why("stream-not-pulled", "the ingest worker does not pull this stream"),
                heard.at,
                heard.at,
            )
        return CameraState(report, heard.at)

    def recording(self, stream: StreamId) -> RecordingReport:
        """How a stream's recording is. Unknown, with the reason, when storage was not heard for 15 s."""
        heard = self._recorder
        if heard is None:
            reason = why("storage-not-heard", "storage has not been heard since this service started")
            return _recording(stream, RecordingStatus.UNKNOWN, reason, self._started_at)
        silent_s = self._silent_s(heard.at_ns)
        if silent_s >= UNHEARD_S:
            since = heard.at + timedelta(seconds=UNHEARD_S)
            reason = why("storage-silent", "no word from storage for {seconds} s", seconds=silent_s)
            return _recording(stream, RecordingStatus.UNKNOWN, reason, since)
        report = heard.reports.get(str(stream))
        if report is None:
            reason = why("stream-not-recorded", "storage does not record this stream")
            return _recording(stream, RecordingStatus.OFF, reason, heard.at)
        if report.status is RecordingStatus.RECORDING:
            return self._unless_camera_says_otherwise(stream, report)
        return report

    def _unless_camera_says_otherwise(self, stream: StreamId, told: RecordingReport) -> RecordingReport:
        """`told`, unless the worker says that the camera gives no picture that can be kept.

        A worker notices that earlier than storage does. While the worker is not heard, nobody knows what its
        cameras do, and storage's word holds.
        """
        camera = self.camera(stream).report
        if camera.why is not None and camera.why.code == UNDECODABLE:
            reason = why("recorded-undecodable", "what is kept of this stream cannot be decoded")
            return _recording(stream, RecordingStatus.FAILING, reason, camera.since)
        if camera.status in (CameraStatus.LIVE, CameraStatus.UNKNOWN):
            return told
        return _recording(
            stream, RecordingStatus.WAITING, why("recording-no-picture", "no picture comes"), camera.since
        )

    def communes_silent(self) -> int:
        """How many communes were heard once and are not heard now."""
        return sum(self._silent_s(heard.at_ns) >= UNHEARD_S for heard in self._communes.values())

    def _unknown(
        self, stream: StreamId, reason: Reason, since: datetime, heard_at: datetime | None
    ) -> CameraState:
        report = CameraReport(str(stream), CameraStatus.UNKNOWN, reason.text, since, why=reason)
        return CameraState(report, heard_at)

    def _silent_s(self, at_ns: int) -> int:
        return (self._clock.monotonic_ns() - at_ns) // 1_000_000_000

    def _now(self) -> datetime:
        return utc_now(self._clock)


def _recording(stream: StreamId, status: RecordingStatus, reason: Reason, since: datetime) -> RecordingReport:
    return RecordingReport(str(stream), status, reason.text, since, reason)
