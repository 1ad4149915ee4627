"""Lets only decodable MPEG-4 Visual through: whole pictures, key units with the stream's headers."""

from collections.abc import Sequence
from contextlib import suppress

from ingest.checks.common import MIN_SIDE, Checked, Description, NeverPlain, NotDecodable, advice_of
from shared.codecs.mpeg4 import VideoLayer, Vop, configuration, parse_headers, vop_type
from shared.errors import BadInput
from shared.units import Codec

MPEG4 = "The camera sends MPEG-4, which has to be transcoded for live viewing: set its stream to H.264."
B_FRAMES = "It also sends B-frames: set their number to 0."


class Mpeg4Checks(NeverPlain):
    """The `Checks` of MPEG-4 Visual. `headers` are those told outside the stream.

    A camera that leaves out whether it reorders is believed not to until its first bi-predicted picture.
    """

    codec = Codec.MPEG4

    def __init__(self, headers: bytes = b"") -> None:
        self.garbage = 0
        self.description: Description | None = None
        self._headers = b""
        self._layer: VideoLayer | None = None
        self._synchronised = False
        self._has_b_pictures = False
        # What a camera says beside the stream may be wrong; then the stream's own headers are waited for.
        with suppress(NotDecodable):
            self._learn(configuration(headers))

    @property
    def advice(self) -> str:
        return advice_of((MPEG4, B_FRAMES if self._reorders else ""))

    def lose_sync(self) -> None:
        self._synchronised = False

    def check(self, data: bytes, nals: Sequence[int] = ()) -> Checked:
        kind = vop_type(data)
        if kind is None:
            self.garbage += 1
            raise NotDecodable("no picture in the unit")
        headers = configuration(data)
        self._learn(headers)
        if self._layer is None:
            raise NotDecodable("no headers yet")
        key = kind is Vop.I
        if not key and not self._synchronised:
            raise NotDecodable("waiting for a key picture")
        self._synchronised = True
        self._has_b_pictures = self._has_b_pictures or kind is Vop.B
        return Checked(data if headers or not key else self._headers + data, key, self._reorders)

    @property
    def _reorders(self) -> bool:
        return self._has_b_pictures or (self._layer is not None and self._layer.low_delay is False)

    def _learn(self, headers: bytes) -> None:
        if not headers or headers == self._headers:
            return
        try:
            layer = parse_headers(headers)
        except BadInput as error:
            raise self._unreadable() from error
        if min(layer.width, layer.height) < MIN_SIDE:
            raise self._unreadable()
        self._headers, self._layer = headers, layer
        self.description = Description(layer.codec_string, layer.width, layer.height)

    def _unreadable(self) -> NotDecodable:
        self.garbage += 1
        self._synchronised = False
        return NotDecodable("unreadable headers")
