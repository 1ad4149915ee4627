"""Whether browsers that take a stream's codec can decode the stream as it is."""

from mux.streams.profile_h265 import is_main_profile
from mux.streams.stream_parameters import StreamParameters
from shared.codecs.h264 import is_field
from shared.units import AccessUnit, Codec

_WHOLE_AGAIN = 2
"""So many key pictures in a row, without a recovery point between them, until a stream is taken for one that
has them: viewers are not sent to and fro."""


class Fitness:
    """Reads the key units of a stream; what it said last holds in between.

    Browsers begin at key pictures alone, and are not held to fields or to profiles beyond their own.
    """

    def __init__(self) -> None:
        self.fits = True
        self.parameters = StreamParameters()
        """The parameters of the newest key unit."""
        self._run: int | None = None
        self._whole_wanted = 0

    def take(self, unit: AccessUnit) -> bool:
        """Whether the stream fits, its next unit included."""
        if unit.key:
            self.parameters.take(unit)
            self.fits = self._is_fit(unit)
        return self.fits

    def _is_fit(self, unit: AccessUnit) -> bool:
        if unit.run != self._run:
            self._run, self._whole_wanted = unit.run, 0
        if unit.recovery:
            self._whole_wanted = _WHOLE_AGAIN
        elif self._whole_wanted:
            self._whole_wanted -= 1
        if self._whole_wanted:
            return False
        if unit.codec is Codec.H264:
            known = self.parameters.h264
            return known is None or not is_field(unit.data, known)
        return unit.codec is not Codec.H265 or is_main_profile(self.parameters.h265)
