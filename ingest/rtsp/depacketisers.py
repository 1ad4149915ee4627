"""Which depacketiser a camera's video gets, and what none is made for."""

from ingest import refusals
from ingest.ports import UnsupportedCodec
from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.depacketise_h265 import H265Depacketiser
from ingest.rtsp.depacketise_jpeg import JpegDepacketiser
from ingest.rtsp.depacketise_mpeg4 import Mpeg4Depacketiser
from ingest.rtsp.sdp import Video
from shared.reasons import why


def depacketiser_of(video: Video, place: str) -> Depacketiser:
    """A fresh one. Raises UnsupportedCodec, naming what cannot be carried."""
    if video.interleaved:
        raise UnsupportedCodec(
            why(
                "camera-interleaved",
                "{place} sends parts of pictures in another order than they are decoded in, which cannot be "
                "carried: switch interleaved packetisation off",
                place=place,
            )
        )
    match video.codec:
        case "h264":
            return H264Depacketiser()
        case "hevc":
            return H265Depacketiser(numbered=video.numbered)
        case "mjpeg":
            return JpegDepacketiser(video.width, video.height)
        case "mpeg4":
            return Mpeg4Depacketiser()
        case refusals.UNNAMED:
            raise refusals.codec_unnamed()
    raise UnsupportedCodec(
        why(
            "camera-codec-unknown",
            "{place} sends {codec}, which is not known here",
            place=place,
            codec=refusals.quoted(video.codec.upper()),
        )
    )
