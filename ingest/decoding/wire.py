"""What the worker and its decoding child say to each other: a picture there, a verdict back.

A picture is its codec's place in `Codec` (1 byte), its length (4 bytes, big endian) and itself; a verdict the
length of a sentence (2 bytes), the child's CPU time so far in ns (8 bytes) and the sentence in UTF-8, empty
where the picture decodes.
"""

import struct
from dataclasses import dataclass

from shared.units import Codec

PICTURE = struct.Struct("!BI")
VERDICT = struct.Struct("!HQ")
CODECS = tuple(Codec)
_MAX_SENTENCE_BYTES = 400


@dataclass(frozen=True, slots=True)
class Verdict:
    """`said` is why a picture does not decode, empty where it does; `cpu_ns` the child's CPU time so far."""

    said: str
    cpu_ns: int


def picture(codec: Codec, data: bytes) -> bytes:
    """A picture on its way to the child."""
    return PICTURE.pack(CODECS.index(codec), len(data)) + data


def verdict(said: str, cpu_ns: int) -> bytes:
    """A verdict on its way back."""
    sentence = said.encode("utf-8", "replace")[:_MAX_SENTENCE_BYTES]
    return VERDICT.pack(len(sentence), cpu_ns) + sentence
