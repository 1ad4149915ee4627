"""Our SDP answer: ICE-lite, one host candidate, DTLS passive, one H.264 track (RFC 8829, RFC 6184)."""

from dataclasses import dataclass

from mux.fingerprint import Fingerprint
from mux.offer import PLAYOUT_DELAY_URI, H264Format, MediaLine, Offer
from mux.stun import Address

_BASELINE, _MAIN, _HIGH, _HIGH_444 = 66, 77, 100, 244
# What to offer a decoder for when its own profile is not there: rather more than less.
_SUBSTITUTES: dict[int, tuple[int, ...]] = {
    _BASELINE: (_BASELINE, _MAIN, _HIGH),
    _MAIN: (_MAIN, _HIGH, _BASELINE),
    _HIGH: (_HIGH, _MAIN, _BASELINE),
}
_HOST_PRIORITY = 2_130_706_431


@dataclass(frozen=True, slots=True)
class Sources:
    """Synchronisation sources of one viewer: the pictures, and their retransmissions if negotiated."""

    primary: int
    repair: int | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Our ICE user name fragment and password for one viewer. Secret."""

    ufrag: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.ufrag})"


def choose_format(offer: Offer, profile_idc: int | None) -> H264Format:
    """The payload type of an offer that suits a stream best; `profile_idc` None where it is not known yet.

    Decoders go by the stream's own parameter sets, so a near profile is better than a refusal.
    """
    wanted = _SUBSTITUTES.get(profile_idc or _HIGH, (profile_idc or _HIGH, _HIGH_444, _HIGH, _MAIN))
    for profile in wanted:
        for offered in offer.formats:
            if offered.profile_idc == profile:
                return offered
    return offer.formats[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """All that goes into an answer."""

    offer: Offer
    chosen: H264Format
    sources: Sources
    credentials: Credentials
    fingerprint: Fingerprint
    address: Address

    def render(self) -> str:
        """The SDP text."""
        host, _ = self.address
        family = "IP6" if ":" in host else "IP4"
        lines = ["v=0", f"o=- {self.sources.primary} 1 IN {family} {host}", "s=-", "t=0 0", "a=ice-lite"]
        if self.offer.bundled:
            lines.append(f"a=group:BUNDLE {self.offer.media[self.offer.video].mid}")
        lines.append("a=msid-semantic: WMS *")
        for index, line in enumerate(self.offer.media):
            lines += self._video(line, f"IN {family} {host}") if index == self.offer.video else _refused(line)
        return "\r\n".join(lines) + "\r\n"

    def _video(self, line: MediaLine, connection: str) -> list[str]:
        host, port = self.address
        sources, chosen = self.sources, self.chosen
        types = [chosen.payload_type]
        if sources.repair is not None and chosen.rtx_payload_type is not None:
            types.append(chosen.rtx_payload_type)
        lines = [
            f"m=video {port} {line.transport} {' '.join(map(str, types))}",
            f"c={connection}",
            "a=rtcp-mux",
            *(["a=rtcp-rsize"] if self.offer.reduced_size else []),
            f"a=mid:{line.mid}",
            "a=sendonly",
            "a=msid:beffroi video",
            *self._codecs(),
        ]
        if self.offer.playout_delay_id is not None:
            lines.append(f"a=extmap:{self.offer.playout_delay_id} {PLAYOUT_DELAY_URI}")
        # The primary source comes first: browsers take the first they read for the picture.
        if sources.repair is not None:
            lines.append(f"a=ssrc-group:FID {sources.primary} {sources.repair}")
        lines.append(f"a=ssrc:{sources.primary} cname:beffroi")
        if sources.repair is not None:
            lines.append(f"a=ssrc:{sources.repair} cname:beffroi")
        return [
            *lines,
            f"a=candidate:1 1 udp {_HOST_PRIORITY} {host} {port} typ host",
            "a=end-of-candidates",
            f"a=ice-ufrag:{self.credentials.ufrag}",
            f"a=ice-pwd:{self.credentials.password}",
            f"a=fingerprint:{self.fingerprint.algorithm} {self.fingerprint.value}",
            "a=setup:passive",
        ]

    def _codecs(self) -> list[str]:
        chosen = self.chosen
        number = chosen.payload_type
        lines = [
            f"a=rtpmap:{number} H264/90000",
            f"a=fmtp:{number} level-asymmetry-allowed=1;packetization-mode=1;"
            f"profile-level-id={chosen.profile_level_id}",
            f"a=rtcp-fb:{number} nack",
            f"a=rtcp-fb:{number} nack pli",
            f"a=rtcp-fb:{number} ccm fir",
        ]
        if self.sources.repair is not None and chosen.rtx_payload_type is not None:
            lines.append(f"a=rtpmap:{chosen.rtx_payload_type} rtx/90000")
            lines.append(f"a=fmtp:{chosen.rtx_payload_type} apt={number}")
        return lines


def _refused(line: MediaLine) -> list[str]:
    """An m= section we do not serve: sound, data, a second video."""
    return [
        f"m={line.kind} 0 {line.transport} {line.formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{line.mid}",
        "a=inactive",
    ]
