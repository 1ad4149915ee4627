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
