"""What the worker and its decoding child say to each other: a sample of a stream there, a verdict back.

A sample is its codec's place in `Codec` (1 byte), how many units it has (2 bytes, big endian) and each of
them behind its length (4 bytes); a verdict the length of a sentence (2 bytes), the child's CPU time so far in
ns (8 bytes) and the sentence in UTF-8, empty where the sample decodes.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from shared.units import Codec

SAMPLE = struct.Struct("!BH")
UNIT = struct.Struct("!I")
VERDICT = struct.Struct("!HQ")
CODECS = tuple(Codec)
_MAX_SENTENCE_BYTES = 400


@dataclass(frozen=True, slots=True)
class Verdict:
    """`said` is why a sample does not decode, empty where it does; `cpu_ns` the child's CPU time so far."""

    said: str
    cpu_ns: int


def sample(codec: Codec, units: Sequence[bytes]) -> bytes:
    """A sample on its way to the child."""
    parts = [SAMPLE.pack(CODECS.index(codec), len(units))]
    for unit in units:
        parts += (UNIT.pack(len(unit)), unit)
    return b"".join(parts)


def verdict(said: str, cpu_ns: int) -> bytes:
    """A verdict on its way back."""
    sentence = said.encode("utf-8", "replace")[:_MAX_SENTENCE_BYTES]
    return VERDICT.pack(len(sentence), cpu_ns) + sentence
