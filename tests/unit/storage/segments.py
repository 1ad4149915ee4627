"""Segment files for tests, made of real pictures."""

import io
from collections.abc import Sequence
from pathlib import Path

from shared.codecs.h264 import Nal
from shared.units import AccessUnit
from storage.fmp4.description import describe
from storage.fmp4.fragment import MovieFragment, Sample, write_fragment
from storage.fmp4.identity import Identity
from storage.fmp4.movie import init_segment
from storage.fmp4.reader import Layout, ReadAt, read_layout


def identity_of(unit: AccessUnit, *, name: str = "Place du Beffroi", days: int = 30) -> Identity:
    """The identity of a segment that starts with this unit."""
    return Identity.begun_with(unit, unit.utc_ns, name, days)


def segment_bytes(units: Sequence[AccessUnit], per_fragment: int = 5) -> bytes:
    """A segment file of these units, the first of which is a key unit."""
    description = describe(units[0])
    parts: list[bytes | memoryview] = [init_segment(description, identity_of(units[0]))]
    step90 = units[1].pts90 - units[0].pts90 if len(units) > 1 else 3600
    for number, at in enumerate(range(0, len(units), per_fragment)):
        group = units[at : at + per_fragment]
        data = [description.sample(unit.data) for unit in group]
        samples = tuple(
            Sample(step90, sum(map(len, parts_of_unit)), unit.key)
            for unit, parts_of_unit in zip(group, data, strict=True)
        )
        fragment = MovieFragment(number + 1, group[0].pts90 - units[0].pts90, samples)
        parts.extend(write_fragment(fragment, group[0].utc_ns, [part for unit in data for part in unit]))
    return b"".join(parts)


def reading(data: bytes) -> ReadAt:
    """Reads of bytes in memory, as the reader wants them."""
    return lambda offset, size: data[offset : offset + size]


def reading_file(path: Path) -> ReadAt:
    """Reads of a small file, taken whole now."""
    return reading(path.read_bytes())


def layout_of(path: Path) -> Layout:
    """What is whole in a file."""
    return read_layout(reading_file(path), path.stat().st_size)


def buffer(data: bytes) -> io.BytesIO:
    """The bytes as a file for PyAV."""
    return io.BytesIO(data)


PARAMETER_KINDS = (Nal.SPS, Nal.PPS)
