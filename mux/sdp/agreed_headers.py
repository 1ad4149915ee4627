"""What a viewer and mux have agreed on for the headers of packets."""

from dataclasses import dataclass

from mux.rtp.header import PlayoutDelay, RtpFormat
from mux.sdp.answer import Sources
from mux.sdp.formats import VideoFormat
from shared.units import Codec


@dataclass(frozen=True, slots=True)
class Headers:
    """What all tiles of a viewer have in common in their packets' headers."""

    formats: tuple[VideoFormat, ...]
    playout_delay_id: int | None

    @property
    def codecs(self) -> frozenset[Codec]:
        return frozenset(one.codec for one in self.formats)

    def of(self, sources: Sources, codec: Codec, delay: PlayoutDelay) -> tuple[RtpFormat, RtpFormat | None]:
        """The headers of a source's pictures in a codec, and of their retransmissions where negotiated."""
        chosen = next((one for one in self.formats if one.codec is codec), self.formats[0])
        primary = RtpFormat(sources.primary, chosen.payload_type, self.playout_delay_id, delay)
        if sources.rtx is None or chosen.rtx_payload_type is None:
            return primary, None
        return primary, RtpFormat(sources.rtx, chosen.rtx_payload_type, self.playout_delay_id, delay)
