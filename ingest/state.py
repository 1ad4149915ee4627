"""How one camera is, in a word and a sentence, since when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from ingest.ports import StreamInfo
from shared.clock import Clock
from shared.ids import StreamId
from shared.messages.ingest import CameraReport, CameraStatus
from shared.reasons import Reason, why

CONNECTING = why("camera-first-time", "connecting for the first time")


class CameraState:
    """Keeps a camera's report up to date and calls `changed` when its status or reason is another one."""

    def __init__(self, stream: StreamId, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock, self._changed = clock, changed
        self._report = CameraReport(
            str(stream), CameraStatus.CONNECTING, CONNECTING.text, self._now(), why=CONNECTING
        )
        self._undecodable: Reason | None = None
        self._since = self._report.since

    @property
    def report(self) -> CameraReport:
        """A stream that comes and does not decode is invalid, whatever else is well with it."""
        reason, report = self._undecodable, self._report
        if reason is None or report.status is not CameraStatus.LIVE:
            return report
        return replace(report, status=CameraStatus.INVALID, reason=reason.text, why=reason, since=self._since)

    def decodes(self, reason: Reason | None) -> None:
        """Note why the stream's pictures do not decode, None where they do."""
        if reason == self._undecodable:
            return
        if self._undecodable is None:
            self._since = self._now()
        self._undecodable = reason
        self._changed()

    def to(self, status: CameraStatus, told: Reason | None) -> bool:
        """Note what the camera is now, and why where it is not live; whether that is news."""
        reason = "" if told is None else told.text
        before = self._report
        if (before.status, before.reason) == (status, reason):
            return False
        since = before.since if before.status is status else self._now()
        self._report = replace(before, status=status, reason=reason, why=told, since=since)
        self._changed()
        return True

    def live(self, run: int, info: StreamInfo, advice: str) -> None:
        """Note that units of `run` come, of this size and codec, and which setting to change if any."""
        told = self._report.advice
        self._report = replace(
            self._report,
            run=run,
            width=info.width,
            height=info.height,
            codec=info.codec,
            fps=info.fps,
            advice=advice,
        )
        if not self.to(CameraStatus.LIVE, None) and advice != told:
            self._changed()

    def measured(self, fps: float) -> None:
        """Note the picture rate; it is told with the next report, not by one of its own."""
        fps = round(fps, 2)
        if fps != self._report.fps:
            self._report = replace(self._report, fps=fps)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.utc_ns() / 1e9, UTC)
