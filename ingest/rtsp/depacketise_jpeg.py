"""Motion JPEG out of RTP (RFC 2435): a whole JPEG image, its headers made again from what the packets say.

ONVIF's header extension ("JPEG over RTP" in its Streaming Specification) tells what RFC 2435 cannot, such as
images of over 2040 pixels; it goes before what the packets say.
"""

from typing import ClassVar

from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.jpeg_headers import JpegHeaders
from ingest.rtsp.jpeg_tables import quantizers
from shared.errors import BadInput

_RESTARTS = 64
_IN_BAND_TABLES = 128
_EXTENDS_FIRST, _EXTENDS_MORE = b"\xff\xd8", b"\xff\xff"
_EXTENSION_HEAD_BYTES = 4
_MAX_EXTENSION_BYTES = 64 << 10


class JpegDepacketiser(Depacketiser):
    """`width` and `height` are those of the description, for images of over 2040: packets then say 0."""

    extensible: ClassVar = True

    def __init__(self, width: int = 0, height: int = 0) -> None:
        super().__init__()
        self._width, self._height = width, height
        self._scan_bytes = 0
        self._tables: dict[int, bytes] = {}
        self._headers = JpegHeaders()
        self._extension: bytearray | None = None

    def extend(self, data: memoryview, start: int, end: int) -> None:
        kind, told = bytes(data[start : start + 2]), data[start + _EXTENSION_HEAD_BYTES : end]
        if kind == _EXTENDS_FIRST:
            if self.unit:
                self.clear()
            self._extension = bytearray(told)
        elif kind == _EXTENDS_MORE and self.unit:
            self.unit += told
        elif kind == _EXTENDS_MORE and self._extension is not None:
            self._extension += told
        if self._extension is not None and len(self._extension) > _MAX_EXTENSION_BYTES:
            self.malformed += 1
            self.damaged = True
            self._extension = None

    def add(self, data: memoryview, start: int, end: int) -> None:
        if end - start < 8:
            self.malformed += 1
            self.damaged = True
            return
        kind, quality, wide, high = data[start + 4], data[start + 5], data[start + 6], data[start + 7]
        offset = int.from_bytes(data[start + 1 : start + 4], "big")
        at = start + 8
        interval = 0
        if kind & _RESTARTS:
            interval = int.from_bytes(data[at : at + 2], "big")
            at += 4
        if offset == 0:
            if self.unit:
                # The image begins anew within its own time.
                self.clear()
            at = self._begin(data, at, end, kind, quality, (wide * 8, high * 8), interval)
        elif offset != self._scan_bytes or not self.unit:
            self.damaged = True
            return
        if at > end:
            self.malformed += 1
            self.damaged = True
            return
        self.unit += data[at:end]
        self._scan_bytes += end - at

    def take(self) -> bytes:
        if not self.unit.endswith(b"\xff\xd9"):
            self.unit += b"\xff\xd9"
        return super().take()

    def clear(self) -> None:
        super().clear()
        self._extension = None
        self._scan_bytes = 0

    def _begin(
        self,
        data: memoryview,
        at: int,
        end: int,
        kind: int,
        quality: int,
        size: tuple[int, int],
        interval: int,
    ) -> int:
        """Write the image's headers (section 3.1, appendix B); where the scan begins in `data`."""
        tables = b""
        if quality >= _IN_BAND_TABLES:
            if at + 4 > end:
                return end + 1
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            tables = bytes(data[at + 4 : at + 4 + length])
            at += 4 + length
            if tables:
                self._tables[quality] = tables
            else:
                # Below 255 the tables of a Q do not change, and need not be sent each time (section 4.2).
                tables = self._tables.get(quality, b"")
        elif quality:
            tables = quantizers(quality)
        if not self._describe(kind & 0x3F, tables, size, interval):
            self.malformed += 1
            self.damaged = True
            return end + 1
        self.has_picture = self.key = True
        return at

    def _describe(self, kind: int, tables: bytes, size: tuple[int, int], interval: int) -> bool:
        """Begin the image by its headers; False where they make no sense."""
        extension, self._extension = self._extension, None
        if extension is None:
            # Only frames with extensions have anything of the frame before.
            self._headers = JpegHeaders()
            if len(tables) not in (64, 128) or kind > 1:
                return False
        headers = self._headers
        headers.begin(interval)
        headers.quantize(tables)
        width, height = size[0] or self._width, size[1] or self._height
        if extension is None or width or height:
            headers.size(kind, width, height)
        try:
            if extension is not None:
                headers.extend(bytes(extension))
            self.unit += headers.write()
        except BadInput:
            self._headers = JpegHeaders()
            return False
        return True
