"""Proposes where a box goes over the next pictures, by the optical flow of the points in it (OpenCV).

Points are followed from picture to picture and back again; those that do not come back to where they were
are not believed. The box goes with the median of the others, and grows as their distances do. Where too few
are left it is lost: nothing is guessed.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.masks import Box

_LONGEST_SIDE = 640
_MOST_POINTS = 80
_LEAST_POINTS = 6
_MOST_STRAY_PX = 1.5
_MOST_SCALE = 1.1
_WINDOW = (21, 21)

Gray = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(slots=True)
class Following:
    """One box over pictures in grey, all of one size, in order."""

    box: Box
    _before: Gray | None = None

    def show(self, picture: Gray) -> Box | None:
        """Where the box is in the next picture, None where it is lost; in the first it is as it was given."""
        now = _small(picture)
        before, self._before = self._before, now
        if before is None:
            return self.box
        moved = _moved(before, now, self.box)
        if moved is None:
            return None
        self.box = moved
        return moved


def _small(picture: Gray) -> Gray:
    share = _LONGEST_SIDE / max(picture.shape)
    if share >= 1:
        return np.ascontiguousarray(picture)
    size = (round(picture.shape[1] * share), round(picture.shape[0] * share))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _moved(before: Gray, now: Gray, box: Box) -> Box | None:
    height, width = before.shape
    found = _believed(before, now, box)
    if found is None:
        return None
    old, new = found
    shift = np.median(new - old, axis=0)
    scale = _growth(old, new)
    w, h = box.w * scale, box.h * scale
    x = box.x + float(shift[0]) / width - (w - box.w) / 2
    y = box.y + float(shift[1]) / height - (h - box.h) / 2
    return _within(x, y, w, h)


def _believed(before: Gray, now: Gray, box: Box) -> tuple[Points, Points] | None:
    """Points of the box and where they went, None where too few are sure."""
    left, top, right, bottom = box.pixels(before.shape[1], before.shape[0])
    inside = np.zeros(before.shape, np.uint8)
    inside[top:bottom, left:right] = 255
    points = cv2.goodFeaturesToTrack(before, _MOST_POINTS, 0.01, 3, mask=inside)
    if points is None or len(points) < _LEAST_POINTS:
        return None
    there, seen, _ = cv2.calcOpticalFlowPyrLK(before, now, points, points.copy(), winSize=_WINDOW)
    back, seen_back, _ = cv2.calcOpticalFlowPyrLK(now, before, there, points.copy(), winSize=_WINDOW)
    old, new = points.reshape(-1, 2), there.reshape(-1, 2)
    stray = np.linalg.norm(back.reshape(-1, 2) - old, axis=1)
    sure = (seen.ravel() == 1) & (seen_back.ravel() == 1) & (stray < _MOST_STRAY_PX)
    if int(sure.sum()) < max(_LEAST_POINTS, len(old) // 4):
        return None
    return old[sure], new[sure]


def _growth(old: Points, new: Points) -> float:
    """How much farther apart the points are."""
    first, second = np.triu_indices(len(old), 1)
    before = np.linalg.norm(old[first] - old[second], axis=1)
    after = np.linalg.norm(new[first] - new[second], axis=1)
    far = before > 1
    grown = float(np.median(after[far] / before[far])) if far.any() else 1.0
    return min(_MOST_SCALE, max(1 / _MOST_SCALE, grown))


def _within(x: float, y: float, w: float, h: float) -> Box | None:
    """The part of a box that is in the picture, None where less than half of it is."""
    left, top, right, bottom = max(0.0, x), max(0.0, y), min(1.0, x + w), min(1.0, y + h)
    if (right - left) < w / 2 or (bottom - top) < h / 2:
        return None
    return Box(left, top, right - left, bottom - top)
