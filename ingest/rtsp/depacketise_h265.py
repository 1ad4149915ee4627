"""H.265 out of RTP (RFC 7798): single units, aggregation packets, fragmentation units, PACI, to Annex B."""

from typing import ClassVar

from ingest.rtsp.depacketise import Form
from ingest.rtsp.depacketise_nal import END, START, NalDepacketiser
from shared.codecs.h265 import HEADER_BYTES, Nal, nal_type
from shared.codecs.recovery import h265_recovery

_AGGREGATE, _FRAGMENT, _PACI = 48, 49, 50
_NUMBER_BYTES, _STEP_BYTES = 2, 1
_HALF = 0x8000


class H265Depacketiser(NalDepacketiser):
    """`numbered`: packets carry decoding order numbers (`sprop-max-don-diff` above 0). A picture whose number
    is below that of one before is out of order, and damaged."""

    header_bytes: ClassVar = HEADER_BYTES
    middle_bytes: ClassVar = HEADER_BYTES + 1
    slices: ClassVar = range(32)
    sei: ClassVar = Nal.PREFIX_SEI
    keys: ClassVar = range(16, 24)

    def __init__(self, *, numbered: bool = False) -> None:
        super().__init__()
        self._numbered = numbered
        self.form = Form.OTHER if numbered else Form.H265
        self._number: int | None = None

    @staticmethod
    def kind_of(nal: memoryview) -> int:
        return nal_type(nal)

    @staticmethod
    def recovery(nal: memoryview) -> int | None:
        return h265_recovery(nal, 0)

    def add(self, data: memoryview, start: int, end: int) -> None:
        if (
            self.middle >= 0
            and end - start > 3
            and data[start] >> 1 & 0x3F == _FRAGMENT
            and data[start + 2] < END
        ):
            # The middle of a fragmented unit: nearly every packet of a camera.
            self.unit += data[start + 3 : end]
            return
        if end - start < 3:
            # An empty unit, or an end-of-sequence mark: nothing to decode.
            self.malformed += end == start
            return
        kind = data[start] >> 1 & 0x3F
        if kind == _FRAGMENT:
            # Section 4.4.3.
            flags = data[start + 2]
            inside = flags & 0x3F
            header = bytes((data[start] & 0x81 | inside << 1, data[start + 1]))
            middle = data[start] << 16 | data[start + 1] << 8 | inside
            body = self._behind_number(data, start + 3, end) if flags & START else start + 3
            self.add_fragment(data, body, end, flags, inside, header, middle)
            return
        if kind == _PACI:
            self._unwrap(data, start, end)
            return
        self.middle = -1
        if kind == _AGGREGATE:
            # Section 4.4.2.
            at = self._behind_number(data, start + HEADER_BYTES, end)
            self.add_aggregate(data, at, end, ahead=_STEP_BYTES if self._numbered else 0)
        elif kind == 0 and self.add_stream(data, start, end):
            return
        elif kind < _AGGREGATE and self._numbered:
            at = self._behind_number(data, start + HEADER_BYTES, end)
            unit = bytes(data[start : start + HEADER_BYTES]) + bytes(data[at:end])
            self.add_unit(memoryview(unit), kind)
        elif kind < _AGGREGATE:
            self.add_unit(data[start:end], kind)
        else:
            self.malformed += 1

    def _behind_number(self, data: memoryview, at: int, end: int) -> int:
        """Where the payload goes on behind its decoding order number, if it has one."""
        if not self._numbered:
            return at
        number = int.from_bytes(data[at : min(at + _NUMBER_BYTES, end)], "big")
        if self._number is not None and (number - self._number) % (2 * _HALF) >= _HALF:
            self.damaged = True
        self._number = number
        return at + _NUMBER_BYTES

    def _unwrap(self, data: memoryview, start: int, end: int) -> None:
        """The payload that a packet with more about its content carries (section 4.4.4)."""
        if end - start < HEADER_BYTES + 2:
            self.malformed += 1
            return
        told = data[start + 2] << 8 | data[start + 3]
        kind, extra_bytes = told >> 9 & 0x3F, told >> 4 & 0x1F
        body = start + HEADER_BYTES + 2 + extra_bytes
        if kind == _PACI or body >= end:
            self.malformed += 1
            return
        header = bytes((told >> 8 & 0x80 | kind << 1 | data[start] & 1, data[start + 1]))
        inside = memoryview(header + bytes(data[body:end]))
        self.add(inside, 0, len(inside))
