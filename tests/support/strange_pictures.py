"""Coded pictures as strange cameras send them: H.265, MJPEG, MPEG-4, H.264 with B-frames. Cached."""

from fractions import Fraction
from functools import cache

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from shared.codecs import h264
from shared.codecs.bits import BitReader, without_emulation
from shared.ids import StreamId
from shared.units import AccessUnit, Codec, UtcSource
from tests.support.pictures import START_NS, STREAM

_OPTIONS = {
    Codec.H264: (
        "libx264",
        "yuv420p",
        {"preset": "superfast", "x264-params": "keyint=12:scenecut=0:repeat-headers=1:bframes=2:b-adapt=0"},
    ),
    Codec.H265: (
        "libx265",
        "yuv420p",
        {
            "preset": "ultrafast",
            "x265-params": "keyint=12:min-keyint=12:scenecut=0:repeat-headers=1:annexb=1:bframes=0"
            ":log-level=none:pools=none",
        },
    ),
    Codec.MJPEG: ("mjpeg", "yuvj420p", {}),
    Codec.MPEG4: ("mpeg4", "yuv420p", {"g": "12", "bf": "0", "flags": "-global_header"}),
}


@cache
def strange_units(
    codec: Codec,
    count: int = 24,
    *,
    width: int = 320,
    height: int = 240,
    fps: Fraction = Fraction(25),
    stream: StreamId = STREAM,
) -> tuple[AccessUnit, ...]:
    """`count` units of a moving gradient, the first a key unit, as one run from its start.

    H.264 comes with B-frames, in the order of decoding.
    """
    name, pix_fmt, options = _OPTIONS[codec]
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, pix_fmt
    encoder.time_base, encoder.framerate = 1 / fps, fps
    encoder.thread_count = 1
    encoder.options = options
    ramp = np.arange(width, dtype=np.uint16)[None, :, None] + np.zeros((height, 1, 3), np.uint16)
    packets = []
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(((ramp + number * 3) % 256).astype(np.uint8), format="rgb24")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    first = min(packet.pts or 0 for packet in packets)
    return tuple(
        AccessUnit(
            stream=stream,
            run=1,
            seq=seq,
            pts90=int(((packet.pts or 0) - first) * 90_000 / fps),
            utc_ns=START_NS + int(((packet.pts or 0) - first) * 1_000_000_000 / fps),
            utc_source=UtcSource.ARRIVAL,
            utc_uncertainty_ns=-1,
            key=packet.is_keyframe,
            codec=codec,
            data=bytes(packet),
            reordered=codec is Codec.H264,
        )
        for seq, packet in enumerate(packets)
    )


def without_vui(data: bytes) -> bytes:
    """An H.264 unit whose SPS says nothing beyond the size: nor how many pictures are to be held back.

    Of a progressive SPS of the Main or High profile as x264 writes it (ITU-T H.264, section 7.3.2.1.1).
    """
    nals = [bytes(nal) for nal in h264.nal_units(data)]
    return h264.annex_b([_short_sps(nal) if h264.nal_type(nal) == h264.Nal.SPS else nal for nal in nals])


def _short_sps(sps: bytes) -> bytes:
    payload = without_emulation(sps[1:])
    bits = _CountingReader(payload, "SPS", "sps")
    high = bits.u(8) >= 100
    bits.u(16)
    for field in "i" + "iiibb" * high + "iiii" + "bii" + "bb":
        bits.u(1) if field == "b" else bits.ue()
    for _ in range(4 * bits.u(1)):
        bits.ue()
    kept = f"{int.from_bytes(payload, 'big'):0{len(payload) * 8}b}"[: bits.taken] + "01"
    short = int(kept.ljust(-(-len(kept) // 8) * 8, "0"), 2).to_bytes(-(-len(kept) // 8), "big")
    assert b"\0\0" not in short
    return sps[:1] + short


class _CountingReader(BitReader):
    taken = 0

    def u(self, count: int) -> int:
        self.taken += count
        return super().u(count)
