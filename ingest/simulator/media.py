"""How each encoding goes into RTP and is told in an SDP."""

import base64
from dataclasses import dataclass

from ingest.simulator.encoder import JPEG_QUALITY, Coding, Encoding
from ingest.simulator.rtp import h264_payloads, h265_payloads, jpeg_payloads, mpeg4_payloads
from shared.codecs import h264, h265, mpeg4


@dataclass(frozen=True, slots=True)
class Media:
    """One coding's RTP. `head` is its first key picture, whose parameter sets the SDP tells."""

    coding: Coding
    head: bytes

    @property
    def payload_type(self) -> int:
        """26 is JPEG's own (RFC 3551, table 5), 96 the first that an SDP may give to any."""
        return payload_type(self.coding)

    def payloads(self, data: bytes) -> list[bytes]:
        """The RTP payloads of a picture."""
        match self.coding.encoding:
            case Encoding.H264:
                return h264_payloads(data)
            case Encoding.H265:
                return h265_payloads(data)
            case Encoding.MPEG4:
                return mpeg4_payloads(data)
            case Encoding.MJPEG:
                return jpeg_payloads(data, self.coding.width, self.coding.height, JPEG_QUALITY)

    def without_sets(self, data: bytes) -> bytes:
        """A picture without its parameter sets, as from a camera that tells them in the SDP alone."""
        match self.coding.encoding:
            case Encoding.H264:
                sets = (h264.Nal.SPS, h264.Nal.PPS)
                return h264.annex_b(
                    [bytes(nal) for nal in h264.nal_units(data) if h264.nal_type(nal) not in sets]
                )
            case Encoding.H265:
                return h264.annex_b(
                    [
                        bytes(nal)
                        for nal in h264.nal_units(data)
                        if h265.nal_type(nal) not in h265.PARAMETER_SETS
                    ]
                )
            case Encoding.MPEG4:
                return data[len(mpeg4.configuration(data)) :]
            case Encoding.MJPEG:
                return data

    def lines(self) -> list[str]:
        """The SDP lines of the video media, from `m=` on, without its control line."""
        match self.coding.encoding:
            case Encoding.H264:
                sprop = ",".join(_base64(nal) for nal in h264.parameter_sets(self.head) if nal is not None)
                return [
                    "m=video 0 RTP/AVP 96",
                    "a=rtpmap:96 H264/90000",
                    f"a=fmtp:96 packetization-mode=1;profile-level-id=42C01E;sprop-parameter-sets={sprop}",
                ]
            case Encoding.H265:
                sets = h265.parameter_sets(self.head)
                sprop = ";".join(
                    f"sprop-{name}={_base64(nal)}"
                    for name, nal in zip(("vps", "sps", "pps"), sets, strict=True)
                    if nal is not None
                )
                return ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H265/90000", f"a=fmtp:96 {sprop}"]
            case Encoding.MPEG4:
                config = mpeg4.configuration(self.head).hex().upper()
                return [
                    "m=video 0 RTP/AVP 96",
                    "a=rtpmap:96 MP4V-ES/90000",
                    f"a=fmtp:96 profile-level-id=1;config={config}",
                ]
            case Encoding.MJPEG:
                return ["m=video 0 RTP/AVP 26", "a=rtpmap:26 JPEG/90000"]


def renumbered(picture_set: bytes, number: int) -> bytes:
    """An H.264 picture parameter set of number 0 under another one (section 7.3.2.2)."""
    code = f"{number + 1:b}"
    behind = f"{int.from_bytes(picture_set[1:], 'big'):0{8 * len(picture_set[1:])}b}"[1:].rstrip("0")
    bits = "0" * (len(code) - 1) + code + behind
    size = -(-len(bits) // 8)
    return picture_set[:1] + int(bits.ljust(8 * size, "0"), 2).to_bytes(size, "big")


def payload_type(coding: Coding) -> int:
    return 26 if coding.encoding is Encoding.MJPEG else 96


def _base64(nal: bytes) -> str:
    return base64.b64encode(nal).decode()
