"""Lets only decodable H.265 through: whole pictures, key units with their parameter sets."""

from collections.abc import Collection
from typing import ClassVar

from ingest.checks.common import advice_of
from ingest.checks.nal import RECOVERY, Form, NalChecks
from shared.codecs.h265 import KEYS, SKIPPED_LEADING, SLICES, Nal, SequenceParameters, parse_sps
from shared.codecs.parameter_sets import H265 as H265_SETS
from shared.codecs.recovery import h265_recovery
from shared.units import Codec

_FORM = Form(
    types=SLICES | frozenset(range(Nal.VPS, Nal.SUFFIX_SEI + 1)),
    keys=KEYS,
    dropped=SKIPPED_LEADING,
    sei=Nal.PREFIX_SEI,
    shift=1,
    mask=0x3F,
    recovery=h265_recovery,
    max_level=186,
)
_MAX_PROFILE = 11

H265 = (
    "The camera sends H.265, which many browsers cannot show and which then has to be transcoded for live "
    "viewing: set its stream to H.264."
)
B_FRAMES = "It also sends B-frames: set their number to 0."


class H265Checks(NalChecks[SequenceParameters]):
    """The `Checks` of H.265. `sets` are the parameter sets told outside the stream, Annex B."""

    codec = Codec.H265
    names = H265_SETS
    form = _FORM
    roles: ClassVar = _FORM.roles(H265_SETS)

    def __init__(self, sets: bytes = b"") -> None:
        self._skips_leading = False
        super().__init__(sets)

    @property
    def advice(self) -> str:
        return advice_of((H265, B_FRAMES if self.reorders else "", RECOVERY if self._recovers else ""))

    def parse(self, sequence_set: bytes) -> SequenceParameters:
        return parse_sps(sequence_set)

    def plausible(self, parameters: SequenceParameters) -> bool:
        return 0 < parameters.profile_idc <= _MAX_PROFILE

    def unfit(self, kinds: Collection[int], *, key: bool) -> bool:
        # Leading pictures refer to what was before the key picture (section 8.1.3): they can be decoded only
        # where decoding did not start at it.
        if key:
            self._skips_leading = not self._synchronised
        return self._skips_leading and not SKIPPED_LEADING.isdisjoint(kinds)

    @property
    def reorders(self) -> bool:
        return self.parameters is not None and self.parameters.may_reorder
