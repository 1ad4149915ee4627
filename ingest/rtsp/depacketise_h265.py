"""H.265 out of RTP (RFC 7798): single units, aggregation packets, fragmentation units, to Annex B."""

from typing import ClassVar

from ingest.rtsp.depacketise_nal import END, NalDepacketiser
from shared.h265 import HEADER_BYTES, Nal, nal_type
from shared.recovery import h265_recovery

_AGGREGATE, _FRAGMENT = 48, 49


class H265Depacketiser(NalDepacketiser):
    header_bytes: ClassVar = HEADER_BYTES
    middle_bytes: ClassVar = HEADER_BYTES + 1
    slices: ClassVar = range(32)
    sei: ClassVar = Nal.PREFIX_SEI
    keys: ClassVar = range(16, 24)

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
            self.add_fragment(data, start + 3, end, flags, inside, header, middle)
            return
        self.middle = -1
        if kind == _AGGREGATE:
            # Section 4.4.2, without decoding order numbers: those come with B-frames sent out of order only.
            self.add_aggregate(data, start + 2, end)
        elif kind == 0 and self.add_stream(data, start, end):
            return
        elif kind < _AGGREGATE:
            self.add_unit(data[start:end], kind)
        else:
            self.malformed += 1
