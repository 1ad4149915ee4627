"""What keeps a stream from being recorded now, by what recorder, policy and worker say of it. Pure."""

from datetime import datetime

from shared.gap_causes import GapCause
from shared.messages.ingest import CameraStatus
from shared.messages.storage import CameraStanding, RecordingReport, RecordingStatus

NOT_HEARD_CODES = ("worker-not-heard", "worker-silent", "camera-first-time")
"""The commune's worker is away, or only begins."""

_DISK_CODES = "recording-disk-"
_NO_PICTURE = (
    CameraStatus.CONNECTING,
    CameraStatus.STALLED,
    CameraStatus.REFUSED,
    CameraStatus.UNREACHABLE,
    CameraStatus.UNSUPPORTED,
    CameraStatus.INVALID,
)


def standing_cause(
    report: RecordingReport | None, standing: CameraStanding | None, *, may_publish: bool
) -> tuple[GapCause, datetime] | None:
    """The cause, and since when; None while it is recorded, or nobody knows.

    Without a `report` nothing is to be recorded. `standing` is what control_room told of the stream within
    the last seconds. `may_publish`: units of its commune's worker are taken.
    """
    if report is None or report.status is RecordingStatus.RECORDING:
        return None
    if report.status is RecordingStatus.FAILING:
        code = "" if report.why is None else report.why.code
        return GapCause.DISK if code.startswith(_DISK_CODES) else GapCause.CAMERA, report.since
    if not may_publish:
        return GapCause.AUTHORISATION, report.since
    if standing is None:
        return None
    if standing.code in NOT_HEARD_CODES:
        return GapCause.LINK, standing.since
    if standing.status in _NO_PICTURE:
        return GapCause.CAMERA, standing.since
    if standing.status is CameraStatus.LIVE:
        # The worker has its pictures, and they do not come here.
        return GapCause.LINK, max(report.since, standing.since)
    return None
