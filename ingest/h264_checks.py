"""Lets only decodable H.264 through: whole pictures, key units with their parameter sets."""

from contextlib import suppress
from dataclasses import dataclass

from ingest.ports import UnsupportedCodec
from shared.errors import BadInput
from shared.h264 import Nal, SequenceParameters, annex_b, nal_type, nal_units, parameter_sets, parse_sps

_FORBIDDEN_BIT = 0x80
_TYPES = frozenset(range(1, 24))
_PROFILES = frozenset({66, 77, 88, 100, 110, 122, 244, 44})
_MIN_SIDE, _MAX_LEVEL = 64, 62

B_FRAMES = (
    "the camera sends B-frames, which browsers show late or not at all: set its H.264 profile to Baseline, "
    "or the number of B-frames to 0"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A unit fit for decoders."""

    data: bytes
    key: bool


class NotDecodable(Exception):
    """A unit that no decoder can use now; the text says why, in few different words."""


class H264Checks:
    """Checks one camera's units in order. `sets` are the parameter sets told outside the stream, Annex B."""

    def __init__(self, sets: bytes = b"") -> None:
        self.garbage = 0
        self.parameters: SequenceParameters | None = None
        self._sps: bytes | None = None
        self._pps: bytes | None = None
        self._synchronised = False
        # What a camera says beside the stream may be wrong; then the stream's own sets are waited for.
        with suppress(NotDecodable):
            self._learn(*parameter_sets(sets))

    def lose_sync(self) -> None:
        """A unit is missing: nothing can be decoded before the next key unit."""
        self._synchronised = False

    def check(self, data: bytes) -> Checked:
        """The unit as it may be passed on. Raises NotDecodable, UnsupportedCodec on B-frames."""
        nals = list(nal_units(data))
        sound = [nal for nal in nals if nal_type(nal) in _TYPES and not nal[0] & _FORBIDDEN_BIT]
        kinds = {nal_type(nal) for nal in sound}
        garbage = len(nals) - len(sound)
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
        missing = [
            known for kind, known in ((Nal.SPS, self._sps), (Nal.PPS, self._pps)) if key and kind not in kinds
        ]
        if not garbage and not missing:
            return Checked(data, key)
        return Checked(annex_b([*missing, *(bytes(nal) for nal in sound)]), key)

    def _learn(self, sps: bytes | None, pps: bytes | None) -> None:
        if sps is not None and sps != self._sps:
            try:
                parameters = parse_sps(sps)
            except BadInput as error:
                raise self._unreadable() from error
            if not _plausible(parameters):
                raise self._unreadable()
            if parameters.may_reorder:
                raise UnsupportedCodec(B_FRAMES)
            self._sps, self.parameters = sps, parameters
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
        and min(parameters.width, parameters.height) >= _MIN_SIDE
    )
