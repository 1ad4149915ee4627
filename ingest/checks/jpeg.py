"""Lets only whole JPEG images through."""

from collections.abc import Sequence

from ingest.checks.common import MIN_SIDE, Checked, Description, NeverPlain, NotDecodable
from shared.codecs.jpeg import JpegImage, parse_image
from shared.errors import BadInput
from shared.units import Codec

MJPEG = (
    "The camera sends Motion JPEG, which has to be transcoded for live viewing and takes many times the "
    "disk of H.264: set its stream to H.264."
)
NO_SIZE = "the size of its pictures is told nowhere"


class JpegChecks(NeverPlain):
    """The `Checks` of Motion JPEG, of which every picture is a key picture."""

    codec = Codec.MJPEG
    advice = MJPEG

    def __init__(self) -> None:
        self.garbage = 0
        self.description: Description | None = None
        self._image: JpegImage | None = None

    def lose_sync(self) -> None:
        """Each picture stands alone."""

    def check(self, data: bytes, nals: Sequence[int] = ()) -> Checked:
        try:
            image = parse_image(data)
        except BadInput as error:
            self.garbage += 1
            reason = NO_SIZE if error.field == "size" else "not a whole JPEG image"
            raise NotDecodable(reason) from error
        if min(image.width, image.height) < MIN_SIDE:
            self.garbage += 1
            raise NotDecodable("an image too small for a camera")
        if image != self._image:
            self._image = image
            self.description = Description(image.codec_string, image.width, image.height)
        return Checked(data, True)
