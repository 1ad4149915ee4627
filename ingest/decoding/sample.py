"""The least of a stream that shows a whole picture when it is decoded alone."""

from enum import Enum, auto

from shared.codecs.h264 import is_field, parse_sps
from shared.codecs.parameter_sets import H264, needed_sets
from shared.errors import BadInput
from shared.units import AccessUnit, Codec

MOST_SAMPLE_BYTES = 8 << 20
_ENDLESS = 255


class Growth(Enum):
    """What a unit made of a sample."""

    WAITS = auto()
    WHOLE = auto()
    BROKEN = auto()
    TOO_LARGE = auto()


class Sample:
    """The units of one stream that are tried together, from a key unit on.

    A picture of two fields needs both; a recovery point needs as many pictures behind it as it says. A sample
    is `doubtful` when another key unit is in it, as after a loss: if it decodes, so does the stream; if it
    does not, nothing is known.
    """

    def __init__(self, first: AccessUnit, begun_ns: int) -> None:
        self.stream, self.codec, self.begun_ns = first.stream, first.codec, begun_ns
        self.units: list[bytes] = []
        self.size = 0
        self.doubtful = False
        pictures = 1 + first.recovery
        self._endless = first.recovery == _ENDLESS
        self._wanted = pictures * 2 if _is_half(first) else pictures
        self._run, self._seq = first.run, first.seq

    def take(self, unit: AccessUnit) -> Growth:
        """Add the next unit of the stream, the first one included."""
        if (unit.run, unit.seq) != (self._run, self._seq):
            return Growth.BROKEN
        if self._endless or self.size + len(unit.data) > MOST_SAMPLE_BYTES:
            return Growth.TOO_LARGE
        self._seq += 1
        self.doubtful = self.doubtful or (unit.key and bool(self.units))
        self.units.append(unit.data)
        self.size += len(unit.data)
        return Growth.WHOLE if len(self.units) == self._wanted else Growth.WAITS


def _is_half(unit: AccessUnit) -> bool:
    """Whether it is a picture of H.264 that is coded field by field."""
    sets = needed_sets(unit.data, H264) if unit.codec is Codec.H264 else None
    try:
        return sets is not None and is_field(unit.data, parse_sps(sets[0]))
    except BadInput:
        return False
