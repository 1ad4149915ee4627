"""Pictures made smaller, and pictures that say why there is no picture: OpenCV and numpy."""

import textwrap
from functools import cache

import av
import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

_DARK, _WHITE, _AMBER = (38, 34, 30), (235, 235, 235), (60, 180, 255)
_LETTERS_A_LINE = 44
_MOST_LINES = 6


@cache
def use_one_thread() -> None:
    """One transcoder is to cost one core at most, and OpenCV's threads wait for work by spinning."""
    cv2.setNumThreads(1)


def resized(frame: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
    """A picture in yuv420p made smaller, to a size with even sides."""
    use_one_thread()
    return _from_planes([_resized(_plane(frame, number), _halved(size, number)) for number in range(3)])


def notice(width: int, height: int, title: str, sentence: str) -> av.VideoFrame:
    """A dark picture with a title and a sentence, that nobody takes for what a camera sees."""
    image: Image = np.empty((height, width, 3), np.uint8)
    image[:] = _DARK
    font, scale = cv2.FONT_HERSHEY_SIMPLEX, width / 900
    thick = max(1, round(2 * scale))
    step = round(34 * scale)
    left, top = round(width * 0.06), round(height * 0.35)
    cv2.putText(image, title, (left, top), font, 1.2 * scale, _AMBER, thick, cv2.LINE_AA)
    for line in textwrap.wrap(sentence, _LETTERS_A_LINE)[:_MOST_LINES]:
        top += step
        cv2.putText(image, line, (left, top), font, 0.8 * scale, _WHITE, thick, cv2.LINE_AA)
    return av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")


def _plane(frame: av.VideoFrame, number: int) -> Image:
    plane = frame.planes[number]
    rows: Image = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _resized(plane: Image, size: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _halved(size: tuple[int, int], number: int) -> tuple[int, int]:
    """The size of a plane: colour has half of each side."""
    return size if number == 0 else (size[0] // 2, size[1] // 2)


def _from_planes(planes: list[Image]) -> av.VideoFrame:
    height, width = planes[0].shape
    stacked = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(height * 3 // 2, width)
    return av.VideoFrame.from_ndarray(stacked, format="yuv420p")
