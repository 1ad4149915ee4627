"""Lets only decodable H.264 through: whole pictures, key units with their parameter sets."""

from typing import ClassVar

from ingest.checks.common import advice_of
from ingest.checks.nal import RECOVERY, Form, NalChecks
from shared.codecs.h264 import Nal, SequenceParameters, has_b_slice, is_field, parse_sps
from shared.codecs.parameter_sets import H264
from shared.codecs.recovery import h264_recovery
from shared.units import Codec

_FORM = Form(
    types=frozenset(range(1, 24)),
    keys=frozenset({Nal.IDR}),
    dropped=frozenset(),
    sei=Nal.SEI,
    shift=0,
    mask=0x1F,
    recovery=h264_recovery,
    max_level=62,
)
_PROFILES = frozenset({66, 77, 88, 100, 110, 122, 244, 44})

B_FRAMES = (
    "The camera sends B-frames, which have to be transcoded for live viewing: set its H.264 profile to "
    "Baseline, or its number of B-frames to 0."
)
FIELDS = (
    "The camera sends half pictures (interlaced, field by field), which have to be transcoded for live "
    "viewing: set it to progressive."
)


class H264Checks(NalChecks[SequenceParameters]):
    """The `Checks` of H.264. `sets` are the parameter sets told outside the stream, Annex B.

    A camera that leaves out whether it reorders is believed not to until its first B slice.
    """

    codec = Codec.H264
    names = H264
    form = _FORM
    roles: ClassVar = _FORM.roles(H264)

    def __init__(self, sets: bytes = b"") -> None:
        self._has_b_slices = self._has_fields = False
        super().__init__(sets)

    @property
    def advice(self) -> str:
        return advice_of(
            (
                B_FRAMES if self.reorders else "",
                FIELDS if self._has_fields else "",
                RECOVERY if self._recovers else "",
            )
        )

    def parse(self, sequence_set: bytes) -> SequenceParameters:
        return parse_sps(sequence_set)

    def plausible(self, parameters: SequenceParameters) -> bool:
        return parameters.profile_idc in _PROFILES

    @property
    def quiet(self) -> bool:
        known = self.parameters
        return known is not None and (self._has_fields or not known.interlaced)

    @property
    def awaits_b(self) -> bool:
        known = self.parameters
        return known is not None and known.reorder_frames is None and not self._has_b_slices

    def noticed(self, data: bytes) -> None:
        known = self.parameters
        if known is None:
            return
        if known.reorder_frames is None and not self._has_b_slices:
            self._has_b_slices = has_b_slice(data)
        if known.interlaced and not self._has_fields:
            self._has_fields = is_field(data, known)

    @property
    def reorders(self) -> bool:
        known = self.parameters
        return known is not None and (
            known.may_reorder or (known.reorder_frames is None and self._has_b_slices)
        )
