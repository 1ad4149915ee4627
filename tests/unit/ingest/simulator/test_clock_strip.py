"""The machine-readable clock of simulated pictures."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.simulator.clock_strip import Image, draw_clock, read_clock
from ingest.simulator.encoder import Coding, Encoder
from ingest.simulator.scene import Scene
from tests.unit.ingest.decoded import decoded

UTC_MS = 1_795_000_123_456


def _blank(width: int = 704, height: int = 576) -> Image:
    return np.full((height, width, 3), 90, np.uint8)


@settings(deadline=None, max_examples=30)
@given(st.integers(min_value=0, max_value=(1 << 42) - 1))
def test_a_drawn_clock_reads_back(utc_ms: int) -> None:
    image = _blank()
    draw_clock(image, utc_ms)
    assert read_clock(image) == utc_ms


@settings(deadline=None, max_examples=30)
@given(st.integers(320, 1920), st.integers(240, 1080))
def test_a_clock_survives_scaling(width: int, height: int) -> None:
    image = _blank()
    draw_clock(image, UTC_MS)
    assert read_clock(np.asarray(cv2.resize(image, (width, height)), np.uint8)) == UTC_MS


def test_a_clock_survives_coding_at_a_low_bit_rate() -> None:
    coding = Coding(kbps=300)
    encoder = Encoder(coding)
    scene = Scene("street", coding.width, coding.height)
    coded = [
        picture
        for number in range(5)
        for picture in encoder.encode(scene.picture(number, number / 12.5, UTC_MS + number * 80))
    ]
    images = decoded([picture.data for picture in coded])
    assert [read_clock(image) for image in images] == [UTC_MS + number * 80 for number in range(5)]


def test_a_picture_without_a_clock_reads_as_none() -> None:
    assert read_clock(_blank()) is None


def test_noise_reads_as_none() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (576, 704, 3)).astype(np.uint8)
    assert read_clock(noise) is None
