"""Covers boxes of a picture with black, so that nothing of what was there is left in it."""

from collections.abc import Iterable

import av
import numpy as np
from numpy.typing import NDArray

from shared.masks import Box

_BLACK = (16, 128, 128)


def masked(frame: av.VideoFrame, boxes: Iterable[Box]) -> av.VideoFrame:
    """A copy in yuv420p in video range, with even sides: a last column or row is doubled where one is odd.

    Never the decoder's own picture: it decodes others from that. Nothing that a camera tells beside its
    pictures goes along.
    """
    source = frame.reformat(format="yuv420p", dst_color_range="MPEG")
    made = av.VideoFrame(frame.width + frame.width % 2, frame.height + frame.height % 2, "yuv420p")
    covered = [box.pixels(made.width, made.height) for box in boxes]
    for number, (theirs, ours, black) in enumerate(zip(source.planes, made.planes, _BLACK, strict=True)):
        target = _pixels(ours)
        _copy(_pixels(theirs), target)
        step = 2 if number else 1
        for left, top, right, bottom in covered:
            target[top // step : bottom // step, left // step : right // step] = black
    made.pts = frame.pts
    return made


def _pixels(plane: "av.video.plane.VideoPlane") -> NDArray[np.uint8]:
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8, plane.line_size * plane.height)
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]


def _copy(source: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
    height, width = source.shape
    target[:height, :width] = source
    target[height:, :width] = source[-1:]
    target[:, width:] = target[:, width - 1 : width]
