"""The headers of a JPEG image, made from what RTP says of it (RFC 2435; ONVIF Streaming Specification, "JPEG
over RTP")."""

import struct
from dataclasses import dataclass, field

from ingest.rtsp.jpeg_tables import AC_CHROMA, AC_LUMA, DC_CHROMA, DC_LUMA
from shared.errors import BadInput

_SOI, _DQT, _DHT, _DRI, _SOS = 0xD8, 0xDB, 0xC4, 0xDD, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_FRAME_HEAD = struct.Struct("!BHHB")
_TABLE_BYTES = 64
_CODES = 16


@dataclass(slots=True)
class JpegHeaders:
    """All that stands in front of a scan. What a frame does not say of itself it has of the one before.

    `quantizers` and `huffman` are tables by the byte that names them, `frame` the payload of SOF behind its
    length with its marker, `scan` that of SOS, with what follows it.
    """

    quantizers: dict[int, bytes] = field(default_factory=dict)
    huffman: dict[int, bytes] = field(default_factory=dict)
    frame: tuple[int, bytes] | None = None
    interval: int = 0
    scan: bytes = b""
    others: bytes = b""

    def begin(self, interval: int) -> None:
        """Another frame: its restart interval is its own, as its scan header is."""
        self.interval, self.scan, self.others = interval, b"", b""
        if not self.huffman:
            self.huffman = {0x00: DC_LUMA, 0x10: AC_LUMA, 0x01: DC_CHROMA, 0x11: AC_CHROMA}

    def quantize(self, tables: bytes) -> None:
        """Take quantization tables as RTP has them: 64 bytes each, luma first."""
        for number in range(len(tables) // _TABLE_BYTES):
            self.quantizers[number] = tables[_TABLE_BYTES * number :][:_TABLE_BYTES]

    def size(self, kind: int, width: int, height: int) -> None:
        """Take the size and sampling as RTP has them (RFC 2435, section 3.1)."""
        chroma = 1 if 1 in self.quantizers else 0
        components = bytes((1, 0x22 if kind else 0x21, 0, 2, 0x11, chroma, 3, 0x11, chroma))
        self.frame = (0xC0, _FRAME_HEAD.pack(8, height, width, 3) + components)

    def extend(self, extension: bytes) -> None:
        """Take segments told in RTP's header extension, padded with bytes of 255. Raises BadInput."""
        at = 0
        while at < len(extension):
            if extension[at] != 0xFF:
                raise BadInput("a JPEG header in RTP's extension has no marker", "jpeg")
            kind = extension[at + 1] if at + 1 < len(extension) else 0xFF
            if kind in (0xFF, _SOI):
                at += 1 if kind == 0xFF else 2
                continue
            length = int.from_bytes(extension[at + 2 : at + 4], "big")
            if length < 2 or at + 2 + length > len(extension):
                raise BadInput("a JPEG header in RTP's extension is cut", "jpeg")
            if kind == _SOS:
                scan = extension[at + 2 + length :]
                # Padding belongs before this segment, and is no scan where it stands behind it.
                self.scan = extension[at + 4 : at + 2 + length] + (scan if scan.strip(b"\xff") else b"")
                return
            self._take(kind, extension[at + 4 : at + 2 + length])
            at += 2 + length

    def write(self) -> bytes:
        """The image up to its scan. Raises BadInput where the size is told nowhere, or the tables."""
        if self.frame is None or not self.quantizers:
            raise BadInput("nothing says how large the JPEG image is, or how it is coded", "size")
        kind, frame = self.frame
        parts = [b"\xff\xd8", self.others]
        parts += [_segment(_DQT, bytes((name,)) + table) for name, table in sorted(self.quantizers.items())]
        if self.interval:
            parts.append(_segment(_DRI, self.interval.to_bytes(2, "big")))
        parts.append(_segment(kind, frame))
        parts += [_segment(_DHT, bytes((name,)) + table) for name, table in self.huffman.items()]
        parts.append(_sos(self.scan, frame))
        return b"".join(parts)

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == _DQT:
            while payload:
                end = 1 + _TABLE_BYTES * (2 if payload[0] >> 4 else 1)
                self.quantizers.pop(payload[0] ^ 0x10, None)
                self.quantizers[payload[0] & 0x13] = payload[1:end]
                payload = payload[end:]
        elif kind == _DHT:
            while payload:
                end = 1 + _CODES + sum(payload[1 : 1 + _CODES])
                self.huffman[payload[0] & 0x13] = payload[1:end]
                payload = payload[end:]
        elif kind == _DRI:
            self.interval = int.from_bytes(payload[:2], "big")
        elif kind in _FRAMES:
            if len(payload) < _FRAME_HEAD.size + 3 * payload[5 if len(payload) > 5 else 0]:
                raise BadInput("a JPEG header in RTP's extension is cut", "jpeg")
            self.frame = (kind, payload)
        else:
            self.others += _segment(kind, payload)


def _segment(kind: int, payload: bytes) -> bytes:
    return struct.pack("!BBH", 0xFF, kind, len(payload) + 2) + payload


def _sos(told: bytes, frame: bytes) -> bytes:
    """The scan header: the one told, with what follows it, else of all components of the frame."""
    if told:
        length = 2 + 1 + 2 * told[0] + 3
        return struct.pack("!BBH", 0xFF, _SOS, length) + told
    names = frame[_FRAME_HEAD.size :: 3][: frame[5]]
    components = b"".join(bytes((name, 0x11 if place else 0)) for place, name in enumerate(names))
    return _segment(_SOS, bytes((len(names),)) + components + b"\x00\x3f\x00")
