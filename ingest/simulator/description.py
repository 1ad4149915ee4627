"""What a simulated camera says of its media: the SDP (RFC 8866) of DESCRIBE."""

from ingest.simulator.camera import SimulatedCamera
from ingest.simulator.faults import Fault
from ingest.simulator.manners import Manners

_WITHOUT_SETS = (Fault.SETS_IN_BAND_ONLY, Fault.NO_SETS)


def description(camera: SimulatedCamera, manners: Manners, uri: str) -> str:
    """The SDP of a camera that was asked for by `uri`."""
    plan = camera.plan
    video = camera.feed.media_lines()
    if plan.fault in _WITHOUT_SETS:
        video = [line.partition(";sprop-parameter-sets")[0] for line in video]
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


def _control(manners: Manners, uri: str, path: str, name: str) -> list[str]:
    if manners.control is None:
        return []
    return ["a=control:" + manners.control.format(uri=uri.rstrip("/"), path=path, name=name)]
