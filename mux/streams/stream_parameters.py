"""What a stream's parameter sets say of its pictures: parsed when they change, not with each key unit."""

from contextlib import suppress

from shared.codecs import h264, h265
from shared.codecs.parameter_sets import H264, H265, needed_sets
from shared.errors import BadInput
from shared.units import AccessUnit, Codec


class StreamParameters:
    """The sequence parameters that the newest key unit brought. The field of the other codec is None;
    both are where the set is missing or cannot be read."""

    __slots__ = ("_read", "h264", "h265")

    def __init__(self) -> None:
        self.h264: h264.SequenceParameters | None = None
        self.h265: h265.SequenceParameters | None = None
        self._read: tuple[Codec, bytes | None] | None = None

    def take(self, key_unit: AccessUnit) -> None:
        """Look at another key unit of the stream."""
        brought = key_unit.codec, _sequence_set(key_unit)
        if brought == self._read:
            return
        self._read = brought
        self.h264 = self.h265 = None
        codec, sequence_set = brought
        if sequence_set is None:
            return
        with suppress(BadInput):
            if codec is Codec.H264:
                self.h264 = h264.parse_sps(sequence_set)
            else:
                self.h265 = h265.parse_sps(sequence_set)


def _sequence_set(key_unit: AccessUnit) -> bytes | None:
    """The sequence parameter set that the unit's first slice needs; where it names none, the unit's last."""
    data = key_unit.data
    if key_unit.codec is Codec.H264:
        return (needed_sets(data, H264) or h264.parameter_sets(data))[0]
    if key_unit.codec is Codec.H265:
        return (needed_sets(data, H265) or h265.parameter_sets(data))[1]
    return None
