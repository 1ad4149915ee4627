"""What a key unit of H.264 says of its pictures."""

from functools import lru_cache

from shared.codecs.h264 import SequenceParameters, parameter_sets, parse_sps
from shared.codecs.parameter_sets import H264, needed_sets
from shared.errors import BadInput

_REMEMBERED = 1024


def sequence_of(key_unit: bytes) -> SequenceParameters | None:
    """The sequence parameters of the picture, None where there are none that can be read."""
    sets = needed_sets(key_unit, H264) or parameter_sets(key_unit)
    return None if sets[0] is None else _read(sets[0])


@lru_cache(maxsize=_REMEMBERED)
def _read(sequence_set: bytes) -> SequenceParameters | None:
    try:
        return parse_sps(sequence_set)
    except BadInput:
        return None
