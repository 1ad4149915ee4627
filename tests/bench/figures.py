"""The little statistics of the benches."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that was measured, never one between two."""
    if not values:
        raise ValueError("no values, no percentile")
    ordered = sorted(values)
    return ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Line:
    """The line of least squares through points, and the share of their variance it explains."""

    slope: float
    offset: float
    r_squared: float

    def at(self, x: float) -> float:
        return self.offset + self.slope * x


def fit(xs: Sequence[float], ys: Sequence[float]) -> Line:
    """The line through at least two points of different `xs`."""
    if len(xs) != len(ys) or len(set(xs)) < 2:
        raise ValueError("a line needs two points of different x")
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    offset = mean_y - slope * mean_x
    total = sum((y - mean_y) ** 2 for y in ys)
    left = sum((y - offset - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    return Line(slope, offset, 1 - left / total if total else 1.0)


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane of least squares over points of two measures, and the share of their variance it explains."""

    first: float
    second: float
    offset: float
    r_squared: float

    def at(self, x: float, y: float) -> float:
        return self.offset + self.first * x + self.second * y


def fit_plane(xs: Sequence[float], ys: Sequence[float], zs: Sequence[float]) -> Plane:
    """The plane through at least three points that lie on no line."""
    import numpy as np

    if len({len(xs), len(ys), len(zs)}) != 1:
        raise ValueError("a plane needs as many of each measure")
    points, heights = np.column_stack([xs, ys, np.ones(len(xs))]), np.asarray(zs)
    (first, second, offset), _, rank, _ = np.linalg.lstsq(points, heights, rcond=None)
    if rank < 3:
        raise ValueError("a plane needs three points that lie on no line")
    total = float(((heights - heights.mean()) ** 2).sum())
    left = float(((heights - points @ (first, second, offset)) ** 2).sum())
    return Plane(float(first), float(second), float(offset), 1 - left / total if total else 1.0)
