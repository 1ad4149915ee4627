"""Why there are no pictures of a span."""

from enum import StrEnum


class GapCause(StrEnum):
    """CAMERA: it sent none, or none that can be kept. LINK: the commune's worker or the way from it was away.
    DISK: they could not be written. AUTHORISATION: they may not be recorded, or nobody wants them.
    MAINTENANCE: storage was stopped on purpose. RECORDER: it died, or its machine did. UNREADABLE: they are
    recorded and cannot be read. UNKNOWN: nobody wrote anything down, or they are destroyed.
    """

    CAMERA = "camera"
    LINK = "link"
    DISK = "disk"
    AUTHORISATION = "authorisation"
    MAINTENANCE = "maintenance"
    RECORDER = "recorder"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
