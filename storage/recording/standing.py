"""How a recording is: its status, why, and since when."""

from dataclasses import dataclass
from datetime import UTC, datetime

from shared.clock import Clock
from shared.ids import StreamId
from shared.messages.storage import RecordingReport, RecordingStatus
from shared.reasons import Reason, why

_AWAITED = why("recording-awaited", "no picture has come yet")


@dataclass(slots=True)
class Standing:
    """Changes with `say`; the status counts since it became what it is, for whatever reason."""

    since_ns: int
    status: RecordingStatus = RecordingStatus.WAITING
    reason: Reason = _AWAITED

    def say(self, status: RecordingStatus, reason: Reason, clock: Clock) -> None:
        """It is so from here on."""
        if status is not self.status:
            self.since_ns = clock.utc_ns()
        self.status, self.reason = status, reason

    def report(self, stream: StreamId) -> RecordingReport:
        """As control_room is told."""
        since = datetime.fromtimestamp(self.since_ns / 1e9, UTC)
        return RecordingReport(str(stream), self.status, self.reason.text, since, self.reason)
