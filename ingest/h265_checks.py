"""Lets only decodable H.265 through: whole pictures, key units with their parameter sets."""

from collections.abc import Sequence
from contextlib import suppress

from ingest.checks import MIN_SIDE, Checked, Description, NotDecodable, advice_of, heads, sound_nals
from shared.errors import BadInput
from shared.h264 import annex_b
from shared.h265 import (
    KEYS,
    PARAMETER_SETS,
    SKIPPED_LEADING,
    SLICES,
    Nal,
    SequenceParameters,
    nal_type,
    parameter_sets,
    parse_sps,
)
from shared.units import Codec

_TYPES = SLICES | frozenset(range(Nal.VPS, Nal.SUFFIX_SEI + 1))
_PICTURES = heads(SLICES, 1, 0x3F)
_PLAIN = heads(_TYPES - KEYS - PARAMETER_SETS - SKIPPED_LEADING, 1, 0x3F)
_MAX_PROFILE, _MAX_LEVEL = 11, 186

H265 = (
    "The camera sends H.265, which many browsers cannot show and which then has to be transcoded for live "
    "viewing: set its stream to H.264."
)
B_FRAMES = "It also sends B-frames: set their number to 0."


class H265Checks:
    """The `Checks` of H.265. `sets` are the parameter sets told outside the stream, Annex B."""

    codec = Codec.H265

    def __init__(self, sets: bytes = b"") -> None:
        self.garbage = 0
        self.description: Description | None = None
        self.parameters: SequenceParameters | None = None
        self._sets: dict[int, bytes] = {}
        self._synchronised = False
        self._skips_leading = False
        # What a camera says beside the stream may be wrong; then the stream's own sets are waited for.
        with suppress(NotDecodable):
            self._learn(sets)

    @property
    def advice(self) -> str:
        return advice_of((H265, B_FRAMES if self._reorders else ""))

    def lose_sync(self) -> None:
        self._synchronised = False

    def check(self, data: bytes, nals: Sequence[int] = ()) -> Checked:
        if nals and self._synchronised and _goes_on(data, nals):
            return Checked(data, False, self._reorders)
        sound, garbage = sound_nals(data, _TYPES, 1, 0x3F)
        kinds = {nal_type(nal) for nal in sound}
        self.garbage += garbage
        if kinds & PARAMETER_SETS:
            self._learn(annex_b([bytes(nal) for nal in sound]))
        key = bool(kinds & KEYS)
        if not kinds & SLICES:
            raise NotDecodable("no picture in the unit")
        if self.parameters is None or self._sets.keys() != PARAMETER_SETS:
            raise NotDecodable("no parameter sets yet")
        if not key and not self._synchronised:
            raise NotDecodable("waiting for a key picture")
        if key:
            # Leading pictures refer to what was before the key picture (section 8.1.3): they can be decoded
            # only where decoding did not start at it.
            self._skips_leading = not self._synchronised
        elif self._skips_leading and kinds & SKIPPED_LEADING:
            raise NotDecodable("refers to pictures before the first one")
        self._synchronised = True
        missing = [self._sets[kind] for kind in sorted(PARAMETER_SETS) if key and kind not in kinds]
        if not garbage and not missing:
            return Checked(data, key, self._reorders)
        return Checked(annex_b([*missing, *(bytes(nal) for nal in sound)]), key, self._reorders)

    @property
    def _reorders(self) -> bool:
        return self.parameters is not None and self.parameters.may_reorder

    def _learn(self, data: bytes) -> None:
        vps, sps, pps = parameter_sets(data)
        if sps is not None and sps != self._sets.get(Nal.SPS):
            try:
                parameters = parse_sps(sps)
            except BadInput as error:
                raise self._unreadable() from error
            if not _plausible(parameters):
                raise self._unreadable()
            self.parameters = parameters
            self.description = Description(parameters.codec_string, parameters.width, parameters.height)
        found = {Nal.VPS: vps, Nal.SPS: sps, Nal.PPS: pps}
        self._sets |= {int(kind): nal for kind, nal in found.items() if nal is not None}

    def _unreadable(self) -> NotDecodable:
        self.garbage += 1
        self._synchronised = False
        return NotDecodable("unreadable parameter sets")


def _goes_on(data: bytes, nals: Sequence[int]) -> bool:
    """Whether a unit that was cut at `nals` is an ordinary one between two key units."""
    firsts = {data[at] for at in nals}
    return firsts <= _PLAIN and not firsts.isdisjoint(_PICTURES)


def _plausible(parameters: SequenceParameters) -> bool:
    """Whether a camera can mean it: noise often reads as some sequence parameter set."""
    return (
        0 < parameters.profile_idc <= _MAX_PROFILE
        and 0 < parameters.level_idc <= _MAX_LEVEL
        and min(parameters.width, parameters.height) >= MIN_SIDE
    )
