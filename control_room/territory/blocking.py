"""Whether a camera's pictures may be seen at all, whoever asks."""

from datetime import datetime

from control_room.access.rights import Machine, MachineRight, decide, pictures_of
from control_room.model.territory import Camera
from shared.reasons import Reason


def why_blocked(camera: Camera, at: datetime) -> Reason | None:
    """Why a commune's worker may not pull a camera at a time (UTC), None where it may."""
    decision = decide(pictures_of(Machine.INGEST, camera), MachineRight.PULL, at)
    return None if decision.allowed else decision.reason


def may_record(camera: Camera, at: datetime) -> bool:
    """Whether storage may record a camera at a time (UTC)."""
    return decide(pictures_of(Machine.RECORDER, camera), MachineRight.RECORD, at).allowed
