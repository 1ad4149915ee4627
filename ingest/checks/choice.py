"""Which checks a camera's stream gets."""

from ingest import refusals
from ingest.checks.common import Checks
from ingest.checks.h264 import H264Checks
from ingest.checks.h265 import H265Checks
from ingest.checks.jpeg import JpegChecks
from ingest.checks.mpeg4 import Mpeg4Checks
from ingest.ports import StreamInfo, UnsupportedCodec
from shared.reasons import why

_NAMES = {"vp8": "VP8", "vp9": "VP9", "av1": "AV1", "h263": "H.263", "mpeg2video": "MPEG-2"}


def checks_for(info: StreamInfo) -> Checks:
    """Fresh checks for what a camera says it sends. Raises UnsupportedCodec, naming it."""
    match info.codec:
        case "h264":
            return H264Checks(info.parameter_sets)
        case "hevc":
            return H265Checks(info.parameter_sets)
        case "mjpeg":
            return JpegChecks()
        case "mpeg4":
            return Mpeg4Checks(info.parameter_sets)
        case refusals.UNNAMED:
            raise refusals.codec_unnamed()
    raise UnsupportedCodec(
        why(
            "camera-codec-not-carried",
            "the camera sends {codec}, which cannot be carried: set its stream to H.264",
            codec=refusals.quoted(_NAMES.get(info.codec, info.codec)),
        )
    )
