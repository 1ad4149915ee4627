"""H.264 pictures of cameras with several parameter sets, or without key pictures. Cached."""

import functools
from dataclasses import replace

from ingest.checks.common import NotDecodable
from ingest.checks.h264 import H264Checks
from ingest.simulator.encoder import Coded, Coding, Encoder
from ingest.simulator.media import renumbered
from ingest.simulator.scene import Scene
from shared.codecs.h264 import Nal, annex_b, nal_starts, nal_type, nal_units
from shared.units import AccessUnit, Codec, UtcSource
from tests.support.pictures import START_NS, STREAM

GOP = 5
CODING = Coding(320, 240, gop_s=GOP / 12.5, kbps=300)
_SETS = (Nal.SPS, Nal.PPS)


@functools.cache
def coded(coding: Coding, count: int = 3 * GOP) -> tuple[Coded, ...]:
    """`count` pictures of a street, in the order they are decoded in."""
    encoder, scene = Encoder(coding), Scene("street", coding.width, coding.height)
    pictures = [one for n in range(count) for one in encoder.encode(scene.picture(n, n / 12.5, None))]
    return (*pictures, *encoder.finish())


def plain() -> list[bytes]:
    """Three groups of GOP pictures with one set of each kind, number 0."""
    return [one.data for one in coded(CODING)]


def two_encoders() -> list[bytes]:
    """Four groups: every second one has sets of the numbers 0, the others of 3. Each brings its own."""
    numbers = (0, 3, 0, 3)
    return [
        one.data
        for group, number in enumerate(numbers)
        for one in coded(replace(CODING, set_number=number), GOP * len(numbers))[group * GOP :][:GOP]
    ]


def refreshed(count: int = 6 * GOP) -> list[bytes]:
    """One key picture, then a recovery point every GOP pictures."""
    return [one.data for one in coded(replace(CODING, refresh=True), count)]


def sets_of(data: bytes) -> bytes:
    return annex_b([bytes(nal) for nal in nal_units(data) if nal_type(nal) in _SETS])


def without_sets(data: bytes) -> bytes:
    return annex_b([bytes(nal) for nal in nal_units(data) if nal_type(nal) not in _SETS])


def picture_set(data: bytes, number: int) -> bytes:
    """The picture parameter set of a unit, of number 0, under another number."""
    return renumbered(next(bytes(nal) for nal in nal_units(data) if nal_type(nal) == Nal.PPS), number)


def units_of(pictures: list[bytes], sets: bytes = b"") -> list[AccessUnit]:
    """What ingest makes of a camera's H.264 pictures, 25 a second; what it drops takes no number."""
    checks = H264Checks(sets)
    units: list[AccessUnit] = []
    for place, data in enumerate(pictures):
        try:
            checked = checks.check(data, tuple(nal_starts(data)))
        except NotDecodable:
            continue
        units.append(
            AccessUnit(
                stream=STREAM,
                run=1,
                seq=len(units),
                pts90=place * 3600,
                utc_ns=START_NS + place * 40_000_000,
                utc_source=UtcSource.ARRIVAL,
                utc_uncertainty_ns=-1,
                key=checked.key,
                codec=Codec.H264,
                data=checked.data,
                recovery=checked.recovery,
            )
        )
    return units
