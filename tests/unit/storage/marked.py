"""Footage whose every picture has a bright square that wanders, for tests of what covers it."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import av
import numpy as np
from numpy.typing import NDArray

from shared.units import AccessUnit, Codec, UtcSource
from tests.support.pictures import START_NS, STREAM

SIDE = 48
WIDTH, HEIGHT = 320, 240
_BASE = Fraction(1, 90_000)


def corner(shown_s: float) -> tuple[int, int]:
    """The square's upper left corner at a time: 20 pixels a second to the right, 10 down."""
    return 40 + round(20 * shown_s), 30 + round(10 * shown_s)


def picture(shown_s: float, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """In RGB: a still pattern of greys, on it a checkered square of white and red."""
    rows, columns = np.mgrid[0:height, 0:width]
    grey = (90 + 40 * np.sin(columns / 17) + 30 * np.cos(rows / 11)).astype(np.uint8)
    made = np.repeat(grey[:, :, None], 3, axis=2)
    left, top = corner(shown_s)
    square = made[top : top + SIDE, left : left + SIDE]
    checkers = (np.add.outer(np.arange(square.shape[0]), np.arange(square.shape[1])) // 8) % 2
    square[:] = np.where(checkers[:, :, None] == 0, (255, 255, 255), (255, 0, 0)).astype(np.uint8)
    return made


@cache
def marked(
    times90: Sequence[int],
    b_frames: int = 0,
    codec: Codec = Codec.H264,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> tuple[AccessUnit, ...]:
    """A unit for a picture at each of these times, in the order they are decoded in."""
    width, height = size
    jpeg = codec is Codec.MJPEG
    coder = av.CodecContext.create("mjpeg" if jpeg else "libx264", "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.width, coder.height = width, height
    coder.pix_fmt = "yuvj420p" if jpeg else "yuv420p"
    coder.time_base, coder.framerate = _BASE, Fraction(25)
    if not jpeg:
        coder.options = {
            "preset": "ultrafast",
            "crf": "12",
            "x264-params": f"keyint=25:min-keyint=25:scenecut=0:repeat-headers=1:annexb=1:bframes={b_frames}"
            ":b-adapt=0:force-cfr=0",
        }
    packets = []
    for at90 in times90:
        frame = av.VideoFrame.from_ndarray(picture(at90 / 90_000, width, height), format="rgb24")
        frame = frame.reformat(format=coder.pix_fmt)
        frame.pts, frame.time_base = at90, _BASE
        packets += coder.encode(frame)
    packets += coder.encode(None)
    units = []
    for seq, packet in enumerate(packets):
        assert packet.pts is not None
        units.append(
            AccessUnit(
                stream=STREAM,
                run=1,
                seq=seq,
                pts90=packet.pts,
                utc_ns=START_NS + packet.pts * 100_000 // 9,
                utc_source=UtcSource.ARRIVAL,
                utc_uncertainty_ns=-1,
                key=packet.is_keyframe,
                codec=codec,
                data=bytes(packet),
                reordered=b_frames > 0,
            )
        )
    return tuple(units)
