"""How a recording is: its status, why, and since when."""

from dataclasses import replace
from datetime import UTC, datetime

from shared.causes import technical
from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.messages.storage import RecordingReport, RecordingStatus
from shared.reasons import Reason, why

_AWAITED = why("recording-awaited", "no picture has come yet")


class Standing:
    """Changes with `say`; the status counts since it became what it is, for whatever reason."""

    def __init__(self, clock: Clock) -> None:
        self.status = RecordingStatus.WAITING
        self._clock = clock
        self._reason = _AWAITED
        self._since_ns = clock.utc_ns()

    def say(self, status: RecordingStatus, reason: Reason) -> None:
        """It is so from here on."""
        if status is not self.status:
            self._since_ns = self._clock.utc_ns()
        self.status, self._reason = status, reason

    def report(self, stream: StreamId) -> RecordingReport:
        """As control_room is told."""
        since = datetime.fromtimestamp(self._since_ns / 1e9, UTC)
        return RecordingReport(str(stream), self.status, self._reason.text, since, self._reason)


def unrecordable(error: BadInput) -> Reason:
    """Why pictures cannot be recorded that say nothing usable of themselves."""
    cause = technical(error.detail)
    told = why("recording-unrecordable", "pictures cannot be recorded: {cause}", cause=cause)
    return told if error.why is None else replace(error.why, text=told.text)
