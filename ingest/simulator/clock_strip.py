"""UTC in a picture, for machines: two rows of black and white blocks along the lower edge.

The upper row is 42 bits of milliseconds since 1970 and 6 check bits, most significant first; the lower row is
its inverse, so that no scene reads as a time by chance. Positions are shares of the picture's width and
height: the strip survives scaling and any reasonable compression.
"""

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_BLOCKS = 48
_CHECK_BITS = 6
_ROW_SHARE = 1 / 44
_MIN_CONTRAST = 96


def _code(utc_ms: int) -> list[int]:
    value = (utc_ms << _CHECK_BITS) | (utc_ms % 61)
    return [(value >> shift) & 1 for shift in range(_BLOCKS - 1, -1, -1)]


def _row_edges(height: int) -> tuple[int, int, int]:
    row = max(2, round(height * _ROW_SHARE))
    return height - 2 * row, height - row, height


def draw_clock(image: Image, utc_ms: int) -> None:
    """Paint the strip onto `image` (height x width, or with colour planes)."""
    height, width = image.shape[:2]
    top, middle, bottom = _row_edges(height)
    edges = [round(index * width / _BLOCKS) for index in range(_BLOCKS + 1)]
    for index, bit in enumerate(_code(utc_ms)):
        image[top:middle, edges[index] : edges[index + 1]] = 255 * bit
        image[middle:bottom, edges[index] : edges[index + 1]] = 255 * (1 - bit)


def read_clock(image: Image) -> int | None:
    """The milliseconds since 1970 that `draw_clock` wrote, None where there is no readable strip."""
    height, width = image.shape[:2]
    top, middle, bottom = _row_edges(height)
    grey = image if image.ndim == 2 else image.mean(axis=2)
    value = 0
    for index in range(_BLOCKS):
        # The middle half of each block: its borders are blurred by compression and scaling.
        left = round((index + 0.25) * width / _BLOCKS)
        right = max(left + 1, round((index + 0.75) * width / _BLOCKS))
        upper = float(grey[top + 1 : middle - 1 or None, left:right].mean())
        lower = float(grey[middle + 1 : bottom - 1, left:right].mean())
        if abs(upper - lower) < _MIN_CONTRAST:
            return None
        value = value << 1 | (upper > lower)
    utc_ms = value >> _CHECK_BITS
    return utc_ms if utc_ms % 61 == value & ((1 << _CHECK_BITS) - 1) else None
