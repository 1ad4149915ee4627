"""Real coded video for tests: moving pictures of each codec."""

import functools
from fractions import Fraction

import av
import numpy as np

from ingest.simulator.encoder import Coded, Coding, Encoder, Encoding
from ingest.simulator.scene import Scene
from shared.ids import StreamId
from shared.units import AccessUnit, Codec, UtcSource

STREAM = StreamId("59350", "cam-test")
START_NS = 1_763_700_000_000_000_000


@functools.cache
def coded_pictures(
    count: int, *, width: int = 320, height: int = 240, fps: int = 25, gop: int = 25, bit_rate: int = 0
) -> tuple[tuple[bool, bytes], ...]:
    """`count` coded pictures of a moving gradient, as (key, Annex B access unit), without B-frames."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, fps)
    encoder.framerate = Fraction(fps, 1)
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:repeat-headers=1:annexb=1",
    }
    if bit_rate:
        encoder.bit_rate = bit_rate
    coded: list[tuple[bool, bytes]] = []
    ramp = np.arange(width, dtype=np.uint16)[None, :, None] + np.zeros((height, 1, 3), np.uint16)
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(((ramp + number * 3) % 256).astype(np.uint8), format="rgb24")
        frame.pts = number
        coded.extend((packet.is_keyframe, bytes(packet)) for packet in encoder.encode(frame))
    coded.extend((packet.is_keyframe, bytes(packet)) for packet in encoder.encode(None))
    return tuple(coded)


@functools.cache
def coded_as(coding: Coding, count: int) -> tuple[Coded, ...]:
    """`count` pictures of a street, in the order they are decoded in."""
    encoder, scene = Encoder(coding), Scene("street", coding.width, coding.height)
    coded = [
        one for n in range(count) for one in encoder.encode(scene.picture(n, n / float(coding.fps), None))
    ]
    return (*coded, *encoder.finish())


def coded_h265(count: int, *, b_frames: int = 0) -> tuple[Coded, ...]:
    return coded_as(Coding(320, 240, Fraction(25), 1.0, 300, b_frames, Encoding.H265), count)


def coded_mpeg4(count: int, *, b_frames: int = 0) -> tuple[Coded, ...]:
    return coded_as(Coding(320, 240, Fraction(25), 1.0, 300, b_frames, Encoding.MPEG4), count)


def units(
    count: int,
    *,
    stream: StreamId = STREAM,
    run: int = 1,
    first_seq: int = 0,
    start_ns: int = START_NS,
    fps: int = 25,
    gop: int = 25,
    width: int = 320,
    height: int = 240,
) -> list[AccessUnit]:
    """`count` access units of a stream, a picture every 1/fps s from `start_ns`, a key unit every `gop`."""
    return [
        AccessUnit(
            stream=stream,
            run=run,
            seq=first_seq + number,
            pts90=number * 90_000 // fps,
            utc_ns=start_ns + number * 1_000_000_000 // fps,
            utc_source=UtcSource.ARRIVAL,
            utc_uncertainty_ns=-1,
            key=key,
            codec=Codec.H264,
            data=data,
        )
        for number, (key, data) in enumerate(
            coded_pictures(count, width=width, height=height, fps=fps, gop=gop)
        )
    ]


@functools.cache
def units_as(coding: Coding, count: int) -> tuple[AccessUnit, ...]:
    """`count` access units of any coding from START_NS on, in the order they are decoded in."""
    return tuple(
        AccessUnit(
            stream=STREAM,
            run=1,
            seq=place,
            pts90=one.shown * coding.ticks90,
            utc_ns=START_NS + int(one.shown * 1_000_000_000 / coding.fps),
            utc_source=UtcSource.ARRIVAL,
            utc_uncertainty_ns=-1,
            key=one.key,
            codec=Codec(coding.encoding.value),
            data=one.data,
            reordered=coding.b_frames > 0,
        )
        for place, one in enumerate(coded_as(coding, count))
    )
