"""A stream like a real camera's for the benches: 2 Mb/s, 25 pictures a second, 1280x720, libx264."""

from fractions import Fraction

import av
import numpy as np

from ingest.simulator.clock_strip import draw_clock
from shared.ids import StreamId
from shared.units import AccessUnit, Codec, UtcSource

STREAM = StreamId("59350", "cam-bench")
FPS = 25
BITS_PER_SECOND = 2_000_000


def street(
    gop: int, count: int, *, bits_per_second: int = BITS_PER_SECOND, numbered: bool = False
) -> list[AccessUnit]:
    """`count` units with a key unit every `gop`; a moving scene with noise, so that bits are needed.

    When `numbered`, each picture carries its number, from 1, where simulated cameras have their clock.
    """
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 1280, 720, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS, 1)
    encoder.bit_rate = bits_per_second
    rate = bits_per_second // 1000
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:repeat-headers=1:annexb=1:"
        f"vbv-maxrate={rate}:vbv-bufsize={rate}",
    }
    noise = np.random.default_rng(1).integers(0, 24, (8, 720, 1280, 3), dtype=np.uint8)
    ramp = (np.arange(1280)[None, :, None] // 8 + np.arange(720)[:, None, None] // 8).astype(np.uint16)
    coded: list[tuple[bool, bytes]] = []
    for number in range(count):
        image = ((ramp + number * 2) % 200).astype(np.uint8) + noise[number % 8]
        if numbered:
            draw_clock(image, number + 1)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts = number
        coded.extend((packet.is_keyframe, bytes(packet)) for packet in encoder.encode(frame))
    coded.extend((packet.is_keyframe, bytes(packet)) for packet in encoder.encode(None))
    return [
        AccessUnit(
            stream=STREAM,
            run=1,
            seq=number,
            pts90=number * 90_000 // FPS,
            utc_ns=0,
            utc_source=UtcSource.ARRIVAL,
            utc_uncertainty_ns=-1,
            key=key,
            codec=Codec.H264,
            data=data,
        )
        for number, (key, data) in enumerate(coded)
    ]
