"""H.264 out of RTP (RFC 6184): single units, STAP-A/B, MTAP, FU-A/B, to an Annex B byte stream."""

from typing import ClassVar

from ingest.rtsp.depacketise import Form
from ingest.rtsp.depacketise_nal import END, NalDepacketiser
from shared.codecs.h264 import Nal, nal_type
from shared.codecs.recovery import h264_recovery

_STAP_A, _STAP_B, _MTAP16, _MTAP24, _FU_A, _FU_B = range(24, 30)
_AGGREGATES = {_STAP_A: (1, 0), _STAP_B: (3, 0), _MTAP16: (3, 3), _MTAP24: (3, 4)}
"""Bytes before the first unit, and between a unit's size and the unit (section 5.7)."""


class H264Depacketiser(NalDepacketiser):
    form = Form.H264
    header_bytes: ClassVar = 1
    middle_bytes: ClassVar = 2
    slices: ClassVar = frozenset({Nal.SLICE, 2, Nal.IDR})
    sei: ClassVar = Nal.SEI
    keys: ClassVar = frozenset({Nal.IDR})

    @staticmethod
    def kind_of(nal: memoryview) -> int:
        return nal_type(nal)

    @staticmethod
    def recovery(nal: memoryview) -> int | None:
        return h264_recovery(nal, 0)

    def add(self, data: memoryview, start: int, end: int) -> None:
        if self.middle >= 0 and end - start > 2 and data[start] & 0x1F == _FU_A and data[start + 1] < END:
            # The middle of a fragmented unit: nearly every packet of a camera.
            self.unit += data[start + 2 : end]
            return
        if end - start < 2:
            # An empty unit, or an end-of-sequence mark: nothing to decode.
            self.malformed += end == start
            return
        head = data[start]
        kind = head & 0x1F
        if kind in (_FU_A, _FU_B):
            flags, important = data[start + 1], head & 0xE0
            # A FU-B carries a decoding order number after its header (section 5.8).
            body = start + (2 if kind == _FU_A else 4)
            inside = flags & 0x1F
            header, middle = bytes((important | inside,)), (important | _FU_A) << 8 | inside
            self.add_fragment(data, body, end, flags, inside, header, middle)
            return
        self.middle = -1
        if 0 < kind < _STAP_A:
            self.add_unit(data[start:end], kind)
        elif kind in _AGGREGATES:
            before, between = _AGGREGATES[kind]
            self.add_aggregate(data, start + before, end, between)
        elif not self.add_stream(data, start, end):
            self.malformed += 1
