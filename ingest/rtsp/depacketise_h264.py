"""H.264 out of RTP (RFC 6184): single units, STAP-A/B, MTAP, FU-A/B, to an Annex B byte stream."""

from ingest.rtsp.depacketise import Depacketiser
from shared.h264 import Nal, nal_type, nal_units

_STAP_A, _STAP_B, _MTAP16, _MTAP24, _FU_A, _FU_B = range(24, 30)
_AGGREGATES = {_STAP_A: (1, 0), _STAP_B: (3, 0), _MTAP16: (3, 3), _MTAP24: (3, 4)}
"""Bytes before the first unit, and between a unit's size and the unit."""
_START, _END = 0x80, 0x40
_SLICES = frozenset({Nal.SLICE, 2, Nal.IDR})


class H264Depacketiser(Depacketiser):
    def __init__(self) -> None:
        super().__init__()
        self._fragment = False

    def add(self, data: memoryview, start: int, end: int) -> None:
        if self._fragment and end - start > 2 and data[start] & 0x1F == _FU_A and data[start + 1] < _END:
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
            self._add_fragment(data, start, end, head, kind)
        elif 0 < kind < _STAP_A:
            self._fragment = False
            self.begin_nal()
            self.unit += data[start:end]
            if kind <= 5:
                self._note(kind, data[start + 1])
        else:
            self._add_unusual(data, start, end, kind)

    def clear(self) -> None:
        super().clear()
        self._fragment = False

    def _add_fragment(self, data: memoryview, start: int, end: int, head: int, kind: int) -> None:
        """Section 5.8. A unit whose end mark never came is taken as it is: some cameras send none."""
        flags = data[start + 1]
        # A FU-B carries a decoding order number after its header.
        body = start + (2 if kind == _FU_A else 4)
        if flags & _START:
            if body >= end:
                self.malformed += 1
                self.damaged = True
                return
            kind = flags & 0x1F
            self.begin_nal()
            self.unit.append(head & 0xE0 | kind)
            self._fragment = True
            if kind <= 5:
                self._note(kind, data[body])
        elif not self._fragment:
            self.damaged = True
            return
        self.unit += data[body:end]
        if flags & _END:
            self._fragment = False

    def _add_unusual(self, data: memoryview, start: int, end: int, kind: int) -> None:
        self._fragment = False
        if kind in _AGGREGATES:
            before, between = _AGGREGATES[kind]
            self._add_aggregate(data, start + before, end, between)
        elif bytes(data[start : start + 3]) in (b"\0\0\1", b"\0\0\0"):
            # A byte stream where a unit should be: its units are those between the start codes.
            for nal in nal_units(bytes(data[start:end])):
                self._add_nal(nal)
        else:
            self.malformed += 1

    def _add_aggregate(self, data: memoryview, at: int, end: int, between: int) -> None:
        """Section 5.7."""
        while at + 2 <= end:
            size = data[at] << 8 | data[at + 1]
            at += 2 + between
            if at + size > end:
                self.malformed += 1
                self.damaged = True
                return
            self._add_nal(data[at : at + size])
            at += size

    def _add_nal(self, nal: memoryview) -> None:
        if len(nal) < 2:
            return
        self.begin_nal()
        self.unit += nal
        if nal_type(nal) <= 5:
            self._note(nal_type(nal), nal[1])

    def _note(self, kind: int, first: int) -> None:
        if kind not in _SLICES:
            return
        if not self.has_picture:
            self.has_picture = True
            # first_mb_in_slice 0 is one bit set: the head of a picture (section 7.3.3 of H.264).
            self.continues = first < 0x80
        if kind == Nal.IDR:
            self.key = True
