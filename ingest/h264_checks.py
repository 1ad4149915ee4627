"""Lets only decodable H.264 through: whole pictures, key units with their parameter sets."""

from collections.abc import Sequence
from contextlib import suppress

from ingest.checks import MIN_SIDE, Checked, Description, NotDecodable, heads, sound_nals
from shared.errors import BadInput
from shared.h264 import (
    Nal,
    SequenceParameters,
    annex_b,
    has_b_slice,
    nal_type,
    parameter_sets,
    parse_sps,
)
from shared.units import Codec

_TYPES = frozenset(range(1, 24))
_SLICES = heads(frozenset({Nal.SLICE}), 0, 0x1F)
_PLAIN = heads(_TYPES - {Nal.IDR, Nal.SPS, Nal.PPS}, 0, 0x1F)
_PROFILES = frozenset({66, 77, 88, 100, 110, 122, 244, 44})
_MAX_LEVEL = 62

B_FRAMES = (
    "The camera sends B-frames, which have to be transcoded for live viewing: set its H.264 profile to "
    "Baseline, or its number of B-frames to 0."
)


class H264Checks:
    """The `Checks` of H.264. `sets` are the parameter sets told outside the stream, Annex B.

    A camera that leaves out whether it reorders is believed not to until its first B slice.
    """

    codec = Codec.H264

    def __init__(self, sets: bytes = b"") -> None:
        self.garbage = 0
        self.description: Description | None = None
        self.parameters: SequenceParameters | None = None
        self._sps: bytes | None = None
        self._pps: bytes | None = None
        self._synchronised = False
        self._has_b_slices = False
        # What a camera says beside the stream may be wrong; then the stream's own sets are waited for.
        with suppress(NotDecodable):
            self._learn(*parameter_sets(sets))

    @property
    def advice(self) -> str:
        return B_FRAMES if self._reorders else ""

    def lose_sync(self) -> None:
        self._synchronised = False

    def check(self, data: bytes, nals: Sequence[int] = ()) -> Checked:
        if nals and self._synchronised and self._goes_on(data, nals):
            return Checked(data, False, self._reorders)
        sound, garbage = sound_nals(data, _TYPES, 0, 0x1F)
        kinds = {nal_type(nal) for nal in sound}
        self.garbage += garbage
        if Nal.SPS in kinds or Nal.PPS in kinds:
            self._learn(*parameter_sets(annex_b([bytes(nal) for nal in sound])))
        key = Nal.IDR in kinds
        if not key and Nal.SLICE not in kinds:
            raise NotDecodable("no picture in the unit")
        if self.parameters is None or self._sps is None or self._pps is None:
            raise NotDecodable("no parameter sets yet")
        if not key and not self._synchronised:
            raise NotDecodable("waiting for a key picture")
        self._synchronised = True
        self._look_for_b(data)
        missing = [
            known for kind, known in ((Nal.SPS, self._sps), (Nal.PPS, self._pps)) if key and kind not in kinds
        ]
        if not garbage and not missing:
            return Checked(data, key, self._reorders)
        return Checked(annex_b([*missing, *(bytes(nal) for nal in sound)]), key, self._reorders)

    def _goes_on(self, data: bytes, nals: Sequence[int]) -> bool:
        """Whether a unit that was cut at `nals` is an ordinary one between two key units."""
        firsts = {data[at] for at in nals}
        if not firsts <= _PLAIN or firsts.isdisjoint(_SLICES):
            return False
        self._look_for_b(data)
        return True

    def _look_for_b(self, data: bytes) -> None:
        known = self.parameters
        if known is not None and known.reorder_frames is None and not self._has_b_slices:
            self._has_b_slices = has_b_slice(data)

    @property
    def _reorders(self) -> bool:
        known = self.parameters
        return known is not None and (
            known.may_reorder or (known.reorder_frames is None and self._has_b_slices)
        )

    def _learn(self, sps: bytes | None, pps: bytes | None) -> None:
        if sps is not None and sps != self._sps:
            try:
                parameters = parse_sps(sps)
            except BadInput as error:
                raise self._unreadable() from error
            if not _plausible(parameters):
                raise self._unreadable()
            self._sps, self.parameters = sps, parameters
            self.description = Description(parameters.codec_string, parameters.width, parameters.height)
        if pps is not None:
            self._pps = pps

    def _unreadable(self) -> NotDecodable:
        self.garbage += 1
        self._synchronised = False
        return NotDecodable("unreadable parameter sets")


def _plausible(parameters: SequenceParameters) -> bool:
    """Whether a camera can mean it: noise often reads as some sequence parameter set."""
    return (
        parameters.profile_idc in _PROFILES
        and 0 < parameters.level_idc <= _MAX_LEVEL
        and min(parameters.width, parameters.height) >= MIN_SIDE
    )
