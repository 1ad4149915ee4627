"""Whether browsers that take H.265 take this: the Main profile, eight bits, 4:2:0 (RFC 7798 section 7.1)."""

from shared.codecs.h265 import parameter_sets, parse_sps
from shared.codecs.parameter_sets import H265, needed_sets
from shared.errors import BadInput

_MAIN = 1
_MAIN_COMPATIBLE = 1 << (31 - _MAIN)


def is_main_profile(key_unit: bytes) -> bool:
    """Read the sequence parameter set of a key unit; one that cannot be read is for a transcoder to try."""
    _, sps, _ = needed_sets(key_unit, H265) or parameter_sets(key_unit)
    if sps is None:
        return False
    try:
        read = parse_sps(sps)
    except BadInput:
        return False
    named_main = read.profile_idc == _MAIN or bool(read.compatibility & _MAIN_COMPATIBLE)
    return named_main and (read.luma_bits, read.chroma_bits, read.chroma_format) == (8, 8, 1)
