"""Motion JPEG out of RTP (RFC 2435): a whole JPEG image, its headers made again from what the packets say."""

import struct

from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.jpeg_tables import HUFFMAN, quantizers

_RESTARTS = 64
_IN_BAND_TABLES = 128


class JpegDepacketiser(Depacketiser):
    """`width` and `height` are those of the description, for images of over 2040: packets then say 0."""

    def __init__(self, width: int = 0, height: int = 0) -> None:
        super().__init__()
        self._width, self._height = width, height
        self._head_bytes = 0
        self._tables: dict[int, bytes] = {}

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
        elif offset != len(self.unit) - self._head_bytes or not self.unit:
            self.damaged = True
            return
        if at > end:
            self.malformed += 1
            self.damaged = True
            return
        self.unit += data[at:end]

    def take(self) -> bytes:
        if not self.unit.endswith(b"\xff\xd9"):
            self.unit += b"\xff\xd9"
        return super().take()

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
        if len(tables) not in (64, 128) or kind & 0x3F > 1:
            self.malformed += 1
            self.damaged = True
            return end + 1
        width, height = size[0] or self._width, size[1] or self._height
        self.unit += _headers(kind & 0x3F, width, height, tables, interval)
        self._head_bytes = len(self.unit)
        self.has_picture = self.key = True
        return at


def _headers(kind: int, width: int, height: int, tables: bytes, interval: int) -> bytes:
    parts = [b"\xff\xd8"]
    chroma = 0
    for number in range(len(tables) // 64):
        chroma = number
        parts.append(b"\xff\xdb\x00\x43" + bytes((number,)) + tables[64 * number : 64 * number + 64])
    if interval:
        parts.append(b"\xff\xdd\x00\x04" + interval.to_bytes(2, "big"))
    luma_sampling = 0x22 if kind else 0x21
    components = bytes((1, luma_sampling, 0, 2, 0x11, chroma, 3, 0x11, chroma))
    parts.append(b"\xff\xc0" + struct.pack("!HBHHB", 17, 8, height, width, 3) + components)
    parts += HUFFMAN
    parts.append(b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00")
    return b"".join(parts)
