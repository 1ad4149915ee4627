"""A street drawn by numbers: road, houses, cars, people, daylight, the camera's name and the clock."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from math import cos, pi

import cv2
import numpy as np

from ingest.simulator.clock_strip import Image, draw_clock

_SKY, _ROAD, _PAVEMENT = (225, 190, 150), (78, 78, 80), (140, 145, 150)
_GRAIN_LEVEL = 2
_GRAINS = 5


@dataclass(frozen=True, slots=True)
class _Mover:
    """A car or somebody on foot: crosses the picture at a constant speed, for ever."""

    start_share: float
    speed_share_s: float
    lane_share: float
    width_share: float
    height_share: float
    colour: tuple[int, int, int]


class Scene:
    """Draws one camera's street. The same name gives the same street."""

    def __init__(self, name: str, width: int, height: int) -> None:
        self._name, self._width, self._height = name, width, height
        shape = random.Random(name)
        self._movers = [_car(shape) for _ in range(4)] + [_walker(shape) for _ in range(5)]
        self._day = _background(shape, width, height)
        grains = np.random.default_rng(shape.randrange(1 << 30))
        self._grain = [
            grains.integers(0, _GRAIN_LEVEL, (height, width), dtype=np.uint8, endpoint=True)
            for _ in range(_GRAINS)
        ]
        self._light = 1.0
        self._lit = self._day

    def picture(self, number: int, at_s: float, utc_ms: int | None) -> Image:
        """The picture `number` at `at_s` seconds of the street's life, as planar YUV 4:2:0 (I420).

        With `utc_ms` the clock is burnt in, for people and for `read_clock`.
        """
        self._set_light(utc_ms)
        image = self._lit.copy()
        for mover in self._movers:
            self._draw_mover(image, mover, at_s)
        self._draw_captions(image, utc_ms)
        if utc_ms is not None:
            draw_clock(image, utc_ms)
        planes: Image = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)
        # Sensor noise: without it the encoder has nothing to spend the asked bit rate on.
        strip = self._height * 41 // 44
        luma = planes[:strip]
        cv2.add(luma, self._grain[number % _GRAINS][:strip], dst=luma)
        return planes

    def _set_light(self, utc_ms: int | None) -> None:
        hour = 12.0
        if utc_ms is not None:
            now = datetime.fromtimestamp(utc_ms / 1000, UTC)
            hour = now.hour + now.minute / 60
        light = round(0.72 - 0.28 * cos(hour / 12 * pi), 2)
        if light != self._light:
            self._light = light
            blue_tint = np.array([light + (1 - light) * 0.25, light, light])
            self._lit = (self._day * blue_tint).astype(np.uint8)

    def _draw_mover(self, image: Image, mover: _Mover, at_s: float) -> None:
        width, height = self._width, self._height
        span = 1 + mover.width_share
        x_share = (mover.start_share + mover.speed_share_s * at_s) % span - mover.width_share
        left, top = round(x_share * width), round(mover.lane_share * height)
        right, bottom = left + round(mover.width_share * width), top + round(mover.height_share * height)
        colour = tuple(int(part * self._light) for part in mover.colour)
        cv2.rectangle(image, (left, top), (right, bottom), colour, -1)
        if mover.width_share > mover.height_share:
            third = (right - left) // 3
            cv2.rectangle(
                image, (left + third // 2, top - third // 2), (right - third // 2, top), (60, 50, 40), -1
            )
            for x in (left + third // 2, right - third // 2):
                cv2.circle(image, (x, bottom), max(2, third // 4), (20, 20, 20), -1)
        else:
            cv2.circle(image, ((left + right) // 2, top), max(2, right - left), (150, 180, 215), -1)

    def _draw_captions(self, image: Image, utc_ms: int | None) -> None:
        scale = self._width / 704
        text = "LOOP" if utc_ms is None else _clock_text(utc_ms)
        bar = round(40 * scale)
        image[:bar] = 0
        thick = max(1, round(2 * scale))
        font, white = cv2.FONT_HERSHEY_DUPLEX, (255, 255, 255)
        cv2.putText(
            image, text, (round(8 * scale), round(29 * scale)), font, 0.85 * scale, white, thick, cv2.LINE_AA
        )
        (wide, _), _ = cv2.getTextSize(self._name, font, 0.7 * scale, thick)
        at = (self._width - wide - round(8 * scale), round(28 * scale))
        cv2.putText(image, self._name, at, font, 0.7 * scale, (120, 235, 255), thick, cv2.LINE_AA)


def _clock_text(utc_ms: int) -> str:
    now = datetime.fromtimestamp(utc_ms // 1000, UTC)
    return f"{now:%Y-%m-%d %H:%M:%S}.{utc_ms % 1000:03d}Z"


def _car(shape: random.Random) -> _Mover:
    left = shape.random() < 0.5
    speed = shape.uniform(0.1, 0.3)
    colour = shape.choice([(40, 40, 190), (170, 90, 30), (225, 225, 225), (60, 130, 60), (30, 30, 30)])
    return _Mover(shape.random(), -speed if left else speed, 0.66 if left else 0.78, 0.15, 0.07, colour)


def _walker(shape: random.Random) -> _Mover:
    speed = shape.choice([-1, 1]) * shape.uniform(0.015, 0.04)
    colour = (shape.randrange(40, 220), shape.randrange(40, 220), shape.randrange(40, 220))
    return _Mover(shape.random(), speed, shape.choice([0.52, 0.54, 0.87]), 0.018, 0.08, colour)


def _background(shape: random.Random, width: int, height: int) -> Image:
    image: Image = np.empty((height, width, 3), np.uint8)
    image[:] = _SKY
    image[round(height * 0.55) :] = _PAVEMENT
    image[round(height * 0.64) : round(height * 0.9)] = _ROAD
    middle = round(height * 0.77)
    for left in range(0, width, width // 11):
        image[middle : middle + max(1, height // 140), left : left + width // 22] = (215, 215, 215)
    left = 0
    while left < width:
        wide = round(width * shape.uniform(0.1, 0.2))
        top = round(height * shape.uniform(0.12, 0.3))
        # Brick and slate, as streets of the north have them.
        wall = shape.choice([(62, 78, 150), (80, 100, 165), (190, 200, 205), (110, 125, 140)])
        image[top : round(height * 0.57), left : left + wide] = wall
        _windows(image, left, top, wide, height)
        left += wide
    return image


def _windows(image: Image, left: int, top: int, wide: int, height: int) -> None:
    step_x, step_y = max(8, wide // 3), max(10, height // 12)
    for y in range(top + step_y // 2, round(height * 0.5), step_y):
        for x in range(left + step_x // 4, left + wide - step_x // 2, step_x):
            image[y : y + step_y // 2, x : x + step_x // 2] = (92, 72, 52)
