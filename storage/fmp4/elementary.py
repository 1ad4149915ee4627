"""JPEG and MPEG-4 Visual as MP4 holds them: `mp4v` with `esds` (ISO/IEC 14496-14, 14496-1 section 7.2.6)."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from shared.codecs.jpeg import parse_image
from shared.codecs.mpeg4 import VideoLayer, configuration, parse_headers
from shared.errors import BadInput
from shared.units import Codec
from storage.fmp4.boxes import full_box
from storage.fmp4.entry import Description, visual_entry

_VISUAL_OBJECT, _JPEG_OBJECT = 0x20, 0x6C
_ES, _DECODER, _SPECIFIC, _SYNC = 3, 4, 5, 6
_VISUAL_STREAM = 0x11
_PREDEFINED_MP4 = b"\x02"
_ES_HEAD_BYTES, _DECODER_HEAD_BYTES = 3, 13


@dataclass(frozen=True, slots=True)
class JpegDescription:
    """Images of one size; each has all its tables in itself."""

    width: int
    height: int
    brands: ClassVar[bytes] = b"mp42"
    codec: ClassVar[Codec] = Codec.MJPEG

    @classmethod
    def of_unit(cls, data: bytes) -> "JpegDescription":
        """Of an image. Raises BadInput."""
        image = parse_image(data)
        return cls(image.width, image.height)

    @property
    def codec_string(self) -> str:
        return f"mp4v.{_JPEG_OBJECT:X}"

    @property
    def digest(self) -> str:
        return f"jpeg-{self.width}x{self.height}"

    def entry(self) -> bytes:
        return visual_entry(b"mp4v", self.width, self.height, _esds(_JPEG_OBJECT, b""))

    def sample(self, data: bytes, *, whole: bool = False) -> list[bytes | memoryview]:
        return [data]

    def changed_by(self, data: bytes) -> bool:
        return False

    def unit(self, sample: bytes, *, key: bool) -> bytes:
        return sample


@dataclass(frozen=True)
class Mpeg4Description:
    """The headers in front of a key unit's picture."""

    headers: bytes
    brands: ClassVar[bytes] = b"mp42"
    codec: ClassVar[Codec] = Codec.MPEG4

    @classmethod
    def of_unit(cls, data: bytes) -> "Mpeg4Description":
        """Of a key unit. Raises BadInput where its headers are missing or make no sense."""
        headers = configuration(data)
        parse_headers(headers)
        return cls(headers)

    @cached_property
    def layer(self) -> VideoLayer:
        """What the headers say. Raises BadInput."""
        return parse_headers(self.headers)

    @property
    def codec_string(self) -> str:
        return self.layer.codec_string

    @property
    def width(self) -> int:
        return self.layer.width

    @property
    def height(self) -> int:
        return self.layer.height

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.headers).hexdigest()[:16]

    def entry(self) -> bytes:
        return visual_entry(b"mp4v", self.width, self.height, _esds(_VISUAL_OBJECT, self.headers))

    def changed_by(self, data: bytes) -> bool:
        return False

    def sample(self, data: bytes, *, whole: bool = False) -> list[bytes | memoryview]:
        # The headers stay in the picture too: some players read them only there.
        return [data]

    def unit(self, sample: bytes, *, key: bool) -> bytes:
        return sample


def read_esds(payload: bytes, width: int, height: int) -> Description:
    """The description in an `esds` payload, of an entry of this size. Raises BadInput."""
    es = _descriptor(payload[4:], _ES)
    decoder = _descriptor(es[_ES_HEAD_BYTES:], _DECODER)
    if len(decoder) < _DECODER_HEAD_BYTES:
        raise BadInput("esds is cut")
    if decoder[0] == _JPEG_OBJECT:
        return JpegDescription(width, height)
    if decoder[0] != _VISUAL_OBJECT:
        raise BadInput(f"esds has object type {decoder[0]:#x}, which is not known here")
    return Mpeg4Description.of_unit(_descriptor(decoder[_DECODER_HEAD_BYTES:], _SPECIFIC))


def _esds(object_type: int, specific: bytes) -> bytes:
    decoder = bytes((object_type, _VISUAL_STREAM)) + bytes(11)
    if specific:
        decoder += _described(_SPECIFIC, specific)
    es = bytes(_ES_HEAD_BYTES) + _described(_DECODER, decoder) + _described(_SYNC, _PREDEFINED_MP4)
    return full_box(b"esds", 0, 0, _described(_ES, es))


def _described(tag: int, payload: bytes) -> bytes:
    """A descriptor: its tag, its size in groups of seven bits (ISO/IEC 14496-1, section 8.3.3)."""
    size = len(payload)
    groups = [size & 0x7F]
    while size := size >> 7:
        groups.append(size & 0x7F | 0x80)
    return bytes((tag, *reversed(groups))) + payload


def _descriptor(data: bytes, tag: int) -> bytes:
    """The payload of the descriptor that `data` begins with. Raises BadInput."""
    if not data or data[0] != tag:
        raise BadInput("esds is not one that this reader knows")
    size, at = 0, 1
    while at < min(len(data), 5):
        size = size << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            break
    if at + size > len(data):
        raise BadInput("esds is cut")
    return data[at : at + size]
