"""MPEG-4 Visual out of RTP (RFC 6416, as RFC 3016 before it): the byte stream cut into packets."""

from ingest.rtsp.depacketise import Depacketiser

_PREFIX, _VOP = b"\0\0\1", b"\0\0\1\xb6"
_INTRA = 0


class Mpeg4Depacketiser(Depacketiser):
    def add(self, data: memoryview, start: int, end: int) -> None:
        payload = bytes(data[start:end])
        if not self.unit and not payload.startswith(_PREFIX):
            # Section 5.2: a header is never cut, so that what begins with none is the rest of something.
            self.continues = self.damaged = True
            return
        if not self.has_picture:
            at = payload.find(_VOP)
            if 0 <= at < len(payload) - 4:
                self.has_picture = True
                self.key = payload[at + 4] >> 6 == _INTRA
        self.unit += payload
