"""H.265 out of RTP (RFC 7798): single units, aggregation packets, fragmentation units, to Annex B."""

from ingest.rtsp.depacketise import Depacketiser
from shared.h264 import nal_units

_AGGREGATE, _FRAGMENT, _PACI = 48, 49, 50
_START, _END = 0x80, 0x40
_LAST_SLICE = 31
_KEYS = range(16, 24)


class H265Depacketiser(Depacketiser):
    def __init__(self) -> None:
        super().__init__()
        self._fragment = False

    def add(self, data: memoryview, start: int, end: int) -> None:
        if (
            self._fragment
            and end - start > 3
            and data[start] >> 1 & 0x3F == _FRAGMENT
            and data[start + 2] < _END
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
            self._add_fragment(data, start, end)
            return
        self._fragment = False
        if kind == _AGGREGATE:
            self._add_aggregate(data, start + 2, end)
        elif kind == 0 and bytes(data[start : start + 3]) in (b"\0\0\1", b"\0\0\0"):
            # A byte stream where a unit should be: its units are those between the start codes.
            for nal in nal_units(bytes(data[start:end])):
                self._add_nal(nal)
        elif kind < _AGGREGATE:
            self.begin_nal()
            self.unit += data[start:end]
            if kind <= _LAST_SLICE:
                self._note(kind, data[start + 2])
        else:
            self.malformed += 1

    def clear(self) -> None:
        super().clear()
        self._fragment = False

    def _add_fragment(self, data: memoryview, start: int, end: int) -> None:
        """Section 4.4.3. A unit whose end mark never came is taken as it is: some cameras send none."""
        flags = data[start + 2]
        body = start + 3
        if flags & _START:
            if body >= end:
                self.malformed += 1
                self.damaged = True
                return
            kind = flags & 0x3F
            self.begin_nal()
            self.unit += bytes((data[start] & 0x81 | kind << 1, data[start + 1]))
            self._fragment = True
            if kind <= _LAST_SLICE:
                self._note(kind, data[body])
        elif not self._fragment:
            self.damaged = True
            return
        self.unit += data[body:end]
        if flags & _END:
            self._fragment = False

    def _add_aggregate(self, data: memoryview, at: int, end: int) -> None:
        """Section 4.4.2, without decoding order numbers: they come with B-frames sent out of order only."""
        while at + 2 <= end:
            size = data[at] << 8 | data[at + 1]
            at += 2
            if at + size > end:
                self.malformed += 1
                self.damaged = True
                return
            self._add_nal(data[at : at + size])
            at += size

    def _add_nal(self, nal: memoryview) -> None:
        if len(nal) < 3:
            return
        self.begin_nal()
        self.unit += nal
        kind = nal[0] >> 1 & 0x3F
        if kind <= _LAST_SLICE:
            self._note(kind, nal[2])

    def _note(self, kind: int, first: int) -> None:
        if not self.has_picture:
            self.has_picture = True
            # first_slice_segment_in_pic_flag (section 7.3.6.1 of H.265).
            self.continues = first < 0x80
        if kind in _KEYS:
            self.key = True
