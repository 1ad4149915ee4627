"""The errors that both clients raise for a camera that gives no picture, so that they word it alike.

What a camera says of itself, or an address it names, is a stranger's text: it stands in a reason only as a
parameter, and `quoted`.
"""

import errno

from ingest.ports import Ended, NoAnswer, NotRtsp, Refused, SourceError, Unreachable, UnsupportedCodec
from shared.causes import NO_RTSP
from shared.reasons import Cause, why
from shared.redact import redact

_MOST_QUOTED = 64
UNNAMED = "unknown"
"""What stands for the codec of a camera that names none."""


def quoted(text: str) -> str:
    """A stranger's text as a parameter: without credentials, in one line, bounded."""
    plain = "".join(character if character.isprintable() else " " for character in redact(text))
    return plain if len(plain) <= _MOST_QUOTED else f"{plain[: _MOST_QUOTED - 1]}…"


def account_needed(place: str) -> Refused:
    return Refused(why("camera-account-needed", "{place} asks for a user name and a password", place=place))


def account_wrong(place: str) -> Refused:
    return Refused(why("camera-account-wrong", "{place} refuses this user name and password", place=place))


def account_elsewhere(place: str) -> Refused:
    return Refused(
        why("camera-account-elsewhere", "{place} does not let this account see the stream", place=place)
    )


def no_stream(place: str) -> NotRtsp:
    return NotRtsp(why("camera-no-stream", "{place} has no stream at this path", place=place))


def no_video(place: str) -> NotRtsp:
    return NotRtsp(why("camera-no-video", "{place} announces no video", place=place))


def no_rtsp(place: str) -> NotRtsp:
    return NotRtsp(
        why("camera-no-rtsp", "what answers at {place} does not speak RTSP as a camera does", place=place)
    )


def late(place: str, within_s: float) -> NoAnswer:
    return NoAnswer(
        why("camera-late", "{place} did not answer within {seconds} s", place=place, seconds=int(within_s))
    )


def unreachable(place: str, number: int | None) -> SourceError:
    """The error of a connection that the system refuses with this number."""
    match number:
        case errno.ECONNREFUSED:
            return Unreachable(why("camera-nothing-listens", "nothing listens at {place}", place=place))
        case errno.EHOSTUNREACH | errno.ENETUNREACH:
            return Unreachable(why("camera-no-way", "there is no way to {place}", place=place))
        case errno.ETIMEDOUT:
            return Unreachable(why("camera-does-not-answer", "{place} does not answer", place=place))
        case errno.ECONNRESET:
            return Unreachable(why("camera-hangs-up", "{place} ended the connection", place=place))
    return Unreachable(why("camera-not-opened", "{place} cannot be opened", place=place))


def ended(place: str) -> Ended:
    return Ended(why("camera-ended-stream", "{place} ended the stream", place=place))


def lost(place: str, cause: Cause) -> Ended:
    return Ended(why("camera-link-lost", "{place}: {cause}", place=place, cause=cause))


def unanswered(place: str, cause: Cause) -> SourceError:
    """The error of a connection that ended before the camera played."""
    if cause.code == NO_RTSP:
        return no_rtsp(place)
    return NoAnswer(why("camera-link-lost", "{place}: {cause}", place=place, cause=cause))


def codec_unnamed() -> UnsupportedCodec:
    return UnsupportedCodec(
        why(
            "camera-codec-unnamed", "the camera does not say in which codec it sends: set its stream to H.264"
        )
    )
