"""What a simulated camera says of its media: the SDP (RFC 8866) of DESCRIBE."""

import base64

from ingest.simulator.camera import SimulatedCamera
from ingest.simulator.faults import Fault
from ingest.simulator.manners import Manners
from ingest.simulator.media import renumbered

_WITHOUT_SETS = (Fault.SETS_IN_BAND_ONLY, Fault.NO_SETS)


def description(camera: SimulatedCamera, manners: Manners, uri: str) -> str:
    """The SDP of a camera that was asked for by `uri`."""
    plan = camera.plan
    video = camera.feed.media_lines()
    if plan.fault in _WITHOUT_SETS:
        video = [line.partition(";sprop-parameter-sets")[0] for line in video]
    video = [_changed(line, plan.fault) for line in video]
    media = [[*video, *_control(manners, uri, plan.name, "video")]]
    if plan.audio or manners.audio_first:
        sound = ["m=audio 0 RTP/AVP 8", "a=rtpmap:8 PCMA/8000", *_control(manners, uri, plan.name, "audio")]
        media.insert(0 if manners.audio_first else 1, sound)
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", f"s={plan.name}", "c=IN IP4 0.0.0.0", "t=0 0"]
    if manners.control is not None:
        lines.append("a=control:*")
    for block in media:
        lines += block
    # What a Content-Length that is too small cuts off is nothing that is needed.
    lines.append("a=x-firmware:simulated camera, 1")
    return "\r\n".join(lines) + "\r\n"


def _changed(line: str, fault: Fault) -> str:
    """A line of the video as this fault has it."""
    if not line.startswith("a=fmtp"):
        return line
    match fault:
        case Fault.TWO_PICTURE_SETS:
            return f"{line},{_other_set(line)}"
        case Fault.UNKNOWN_SETS:
            return f"{line.rpartition(',')[0]},{_other_set(line)}"
        case Fault.ORDER_NUMBERS:
            return line + ";sprop-max-don-diff=1"
        case Fault.INTERLEAVED:
            return line + ";sprop-max-don-diff=4;sprop-depack-buf-nalus=4"
    return line


def _other_set(line: str) -> str:
    """The last parameter set of the line, the picture set of number 0, as one of number 1."""
    picture_set = base64.b64decode(line.rpartition(",")[2])
    return base64.b64encode(renumbered(picture_set, 1)).decode()


def _control(manners: Manners, uri: str, path: str, name: str) -> list[str]:
    if manners.control is None:
        return []
    return ["a=control:" + manners.control.format(uri=uri.rstrip("/"), path=path, name=name)]
