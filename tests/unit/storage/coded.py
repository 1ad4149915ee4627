"""Footage of every codec, for tests of what is recorded and of how it is described."""

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from ingest.simulator.encoder import Coding, Encoding
from shared.units import AccessUnit
from tests.support.pictures import units_as

COUNT = 150
SMALL = Coding(320, 240, Fraction(25), 0.6, 300)


@dataclass(frozen=True, slots=True)
class Coded:
    """A coding, FFmpeg's name for it, and how its RFC 6381 name begins."""

    coding: Coding
    ffmpeg: str
    mime: str


CODED = [
    Coded(replace(SMALL, b_frames=2), "h264", "avc1.64"),
    Coded(replace(SMALL, encoding=Encoding.H265), "hevc", "hvc1.1.6.L"),
    Coded(replace(SMALL, encoding=Encoding.H265, b_frames=3), "hevc", "hvc1.1.6.L"),
    Coded(replace(SMALL, encoding=Encoding.MJPEG), "mjpeg", "mp4v.6C"),
    Coded(replace(SMALL, encoding=Encoding.MPEG4), "mpeg4", "mp4v.20."),
    Coded(replace(SMALL, encoding=Encoding.MPEG4, b_frames=2), "mpeg4", "mp4v.20."),
]
every_codec = pytest.mark.parametrize(
    "coded", CODED, ids=lambda one: f"{one.ffmpeg}-{one.coding.b_frames}-b-frames"
)


def recorded(coded: Coded) -> list[AccessUnit]:
    return list(units_as(coded.coding, COUNT))
