"""Our SDP answer: ICE-lite, one host candidate, a track a tile (RFC 8829, 6184, 7798)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mux.sdp.formats import VideoFormat
from mux.sdp.offer import PLAYOUT_DELAY_URI, MediaLine, Offer
from mux.transport.fingerprint import Fingerprint
from mux.transport.stun import Address, Integrity
from shared.units import Codec

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
    """Synchronisation sources of one tile: the pictures, and their retransmissions if negotiated."""

    primary: int
    rtx: int | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Our ICE user name fragment and password for one viewer. Secret."""

    ufrag: str
    password: str
    integrity: Integrity = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "integrity", Integrity(self.password))

    def __repr__(self) -> str:
        return f"Credentials({self.ufrag})"


def some_sources(count: int, *, rtx: bool, pick: Callable[[], int]) -> list[Sources]:
    """Sources for `count` tiles of one peer, all different: with one key, two of a kind would undo AES-GCM.

    `pick` gives random numbers of 32 bits.
    """
    taken = {0}

    def one() -> int:
        found = 0
        while found in taken:
            found = pick()
        taken.add(found)
        return found

    return [Sources(one(), one() if rtx else None) for _ in range(count)]


def choose_formats(offer: Offer, profile_idc: int | None) -> tuple[VideoFormat, ...]:
    """The payload types to send on, one a codec, H.264 first. `profile_idc` is None while it is not known.

    Decoders go by the stream's own parameter sets, so a near profile is better than a refusal. A payload type
    of mode 0 is taken where there is none of mode 1: see docs/design/offers.md.
    """
    h264 = [offered for offered in offer.formats if offered.codec is Codec.H264]
    h264 = [offered for offered in h264 if offered.mode] or h264
    wanted = _SUBSTITUTES.get(profile_idc or _HIGH, (profile_idc or _HIGH, _HIGH_444, _HIGH, _MAIN))
    suiting = [offered for profile in wanted for offered in h264 if offered.profile_idc == profile]
    h265 = [offered for offered in offer.formats if offered.codec is Codec.H265]
    return ((suiting or h264)[0], *h265[:1])


@dataclass(frozen=True, slots=True)
class Answer:
    """All that goes into an answer. `sources` are those of the offer's video sections, in order."""

    offer: Offer
    formats: tuple[VideoFormat, ...]
    sources: tuple[Sources, ...]
    credentials: Credentials
    fingerprint: Fingerprint
    address: Address

    def render(self) -> str:
        """The SDP text."""
        connection = _connection(self.address)
        lines = ["v=0", f"o=- {self.sources[0].primary} 1 {connection}", "s=-", "t=0 0", "a=ice-lite"]
        if self.offer.bundled:
            lines.append(f"a=group:BUNDLE {' '.join(self.offer.bundle)}")
        lines.append("a=msid-semantic: WMS *")
        codecs = self._codecs()
        sources = dict(zip(self.offer.videos, self.sources, strict=True))
        for index, line in enumerate(self.offer.media):
            if index in sources:
                lines += self._video(line, sources[index], codecs, index)
            elif index == self.offer.carrier:
                lines += self._carrier(line)
            else:
                lines += _refused(line)
        return "\r\n".join(lines) + "\r\n"

    def _video(self, line: MediaLine, sources: Sources, codecs: list[str], index: int) -> list[str]:
        _, port = self.address
        types = [number for one in self.formats for number in self._types(one)]
        lines = [
            f"m=video {port} {line.transport} {' '.join(map(str, types))}",
            f"c={_connection(self.address)}",
            "a=rtcp-mux",
            *(["a=rtcp-rsize"] if self.offer.reduced_size else []),
            *_mid(line),
            "a=sendonly",
            # A stream a tile: browsers play the tracks of one stream in step.
            f"a=msid:beffroi-{index} video-{index}",
            *codecs,
        ]
        if self.offer.playout_delay_id is not None:
            lines.append(f"a=extmap:{self.offer.playout_delay_id} {PLAYOUT_DELAY_URI}")
        # The primary source comes first: browsers take the first they read for the picture.
        if sources.rtx is not None:
            lines.append(f"a=ssrc-group:FID {sources.primary} {sources.rtx}")
        lines.append(f"a=ssrc:{sources.primary} cname:beffroi")
        if sources.rtx is not None:
            lines.append(f"a=ssrc:{sources.rtx} cname:beffroi")
        return [*lines, *self._transport()]

    def _carrier(self, line: MediaLine) -> list[str]:
        """The section whose transport the videos share: sound or data of which nothing is sent."""
        return [
            f"m={line.kind} {self.address[1]} {line.transport} {line.formats.split(' ')[0]}",
            f"c={_connection(self.address)}",
            *_mid(line),
            *(f"a={said}" for said in line.said),
            *([] if line.kind == "application" else ["a=rtcp-mux", "a=inactive"]),
            *self._transport(),
        ]

    def _transport(self) -> list[str]:
        return [
            *ice_lines(self.credentials, self.address),
            f"a=fingerprint:{self.fingerprint.algorithm} {self.fingerprint.value}",
            # Where we may, we begin: our first words go with our first answer (RFC 5763 section 5).
            f"a=setup:{'passive' if self.offer.speaks_first else 'active'}",
        ]

    def _types(self, one: VideoFormat) -> list[int]:
        if self.sources[0].rtx is None or one.rtx_payload_type is None:
            return [one.payload_type]
        return [one.payload_type, one.rtx_payload_type]

    def _codecs(self) -> list[str]:
        lines: list[str] = []
        for one in self.formats:
            number = one.payload_type
            lines.append(f"a=rtpmap:{number} {one.codec.upper()}/90000")
            if one.parameters:
                lines.append(f"a=fmtp:{number} {one.parameters}")
            lines += [f"a=rtcp-fb:{number} {word}" for word in ("nack", "nack pli", "ccm fir")]
            if self.offer.remb:
                lines.append(f"a=rtcp-fb:{number} goog-remb")
            for rtx in self._types(one)[1:]:
                lines.append(f"a=rtpmap:{rtx} rtx/90000")
                lines.append(f"a=fmtp:{rtx} apt={number}")
        return lines


def _connection(address: Address) -> str:
    return f"IN {'IP6' if ':' in address[0] else 'IP4'} {address[0]}"


def ice_lines(credentials: Credentials, address: Address) -> list[str]:
    """Our candidate and how to prove a check (RFC 8839)."""
    return [
        f"a=candidate:1 1 udp {_HOST_PRIORITY} {address[0]} {address[1]} typ host",
        "a=end-of-candidates",
        f"a=ice-ufrag:{credentials.ufrag}",
        f"a=ice-pwd:{credentials.password}",
    ]


def _refused(line: MediaLine) -> list[str]:
    """An m= section we do not serve: sound, data, a second video."""
    return [
        f"m={line.kind} 0 {line.transport} {line.formats}",
        "c=IN IP4 0.0.0.0",
        *_mid(line),
        "a=inactive",
    ]


def _mid(line: MediaLine) -> list[str]:
    return [f"a=mid:{line.mid}"] if line.named else []
