"""Whether browsers that take H.265 take this: the Main profile, eight bits, 4:2:0 (RFC 7798 section 7.1)."""

from shared.codecs.h265 import SequenceParameters

_MAIN = 1
_MAIN_COMPATIBLE = 1 << (31 - _MAIN)


def is_main_profile(sequence: SequenceParameters | None) -> bool:
    """Whether these parameters are of the Main profile. None is not: a transcoder may try what cannot be read
    here."""
    if sequence is None:
        return False
    named_main = sequence.profile_idc == _MAIN or bool(sequence.compatibility & _MAIN_COMPATIBLE)
    return named_main and (sequence.luma_bits, sequence.chroma_bits, sequence.chroma_format) == (8, 8, 1)
