"""A WHEP client's SDP offer (RFC 8866, RFC 9725): what it can receive, and how to reach it.

A plain offer has one video section that counts. The offer of a wall has up to MOST_TILES, each for one tile
and all in one BUNDLE group (RFC 8843).
"""

import re
from dataclasses import dataclass

from mux.sdp.formats import VideoFormat, formats_of, has_h264
from mux.sdp.sections import Section, bundles, sections_of
from mux.transport.fingerprint import Fingerprint
from shared.errors import BadInput, Unsupported

PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
MAX_OFFER_BYTES = 64 * 1024
MAX_WALL_OFFER_BYTES = 1 << 20
MOST_TILES = 64
_MAX_LINES = 2000
_MAX_WALL_LINES = 20_000
_TOKEN = re.compile(r"[!-~]{1,256}")
_TOKENS = re.compile(r"[ -~]{1,256}")
_MOST_SAID = 4
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One `m=` section, as far as the answer has to repeat it.

    `wanted` is whether the section asks to receive, `named` whether the offer gives it its `mid`, `alive`
    whether it may be accepted at all. `said` has the attributes of its first format, the one it is accepted
    in.
    """

    kind: str
    transport: str
    formats: str
    mid: str
    wanted: bool
    named: bool = True
    alive: bool = True
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IceUser:
    """The client's ICE user name fragment and password."""

    ufrag: str
    password: str

    def __repr__(self) -> str:
        return f"IceUser({self.ufrag})"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client offers. `videos` are the indices in `media` of the sections we send on.

    `carrier` is the index of the section whose transport all share, where that is none of the videos: the
    section has to be accepted for its transport (RFC 9143 section 7.3.3), though nothing is sent on it.
    """

    media: tuple[MediaLine, ...]
    videos: tuple[int, ...]
    formats: tuple[VideoFormat, ...]
    fingerprints: tuple[Fingerprint, ...]
    ice: IceUser
    playout_delay_id: int | None
    bundled: bool
    reduced_size: bool
    remb: bool
    speaks_first: bool
    """Whether it insists on being the DTLS client (setup active)."""
    carrier: int | None = None

    @property
    def mids(self) -> tuple[str, ...]:
        """The names of the sections we send on."""
        return tuple(self.media[index].mid for index in self.videos)

    @property
    def bundle(self) -> tuple[str, ...]:
        """The names of all sections that share the transport."""
        return self.mids if self.carrier is None else (self.media[self.carrier].mid, *self.mids)


def parse_offer(text: str) -> Offer:
    """Read an offer of one video: the first section that asks for one and has H.264 for us.

    Raises BadInput where it cannot be used, Unsupported where it has no H.264 for us.
    """
    session, sections = sections_of(text, _MAX_LINES)
    media = tuple(_media_line(session, section, index) for index, section in enumerate(sections))
    videos = [index for index, line in enumerate(media) if line.kind == "video"]
    if not videos:
        raise Unsupported("the offer asks for no video: this server sends H.264 video and nothing else")
    wanted = [index for index in videos if media[index].wanted]
    if not wanted:
        raise BadInput("the offer does not ask to receive video (sendonly, inactive or rejected)", "sdp")
    chosen = next((index for index in wanted if has_h264(sections[index])), wanted[0])
    return _offer(session, sections, media, (chosen,))


def parse_wall_offer(text: str) -> Offer:
    """Read an offer of a wall: each video section that asks to receive is a tile. Raises as `parse_offer`."""
    session, sections = sections_of(text, _MAX_WALL_LINES)
    media = tuple(_media_line(session, section, index) for index, section in enumerate(sections))
    videos = tuple(index for index, line in enumerate(media) if line.kind == "video" and line.wanted)
    if not videos:
        raise Unsupported("the offer asks for no video: a wall needs a section to receive for each tile")
    if len(videos) > MOST_TILES:
        raise BadInput(f"the offer has {len(videos)} video sections: a wall has at most {MOST_TILES}", "sdp")
    mids = [line.mid for line in media]
    if len(set(mids)) != len(mids):
        raise BadInput("the offer has two sections with the same mid", "sdp")
    if not any(all(media[index].mid in group for index in videos) for group in bundles(session)):
        raise BadInput("the offer's video sections are not all in one BUNDLE group", "sdp")
    if any(sections[index].said_of_formats != sections[videos[0]].said_of_formats for index in videos):
        raise BadInput("the offer's video sections differ in their payload types", "sdp")
    return _offer(session, sections, media, videos)


def _offer(
    session: Section, sections: list[Section], media: tuple[MediaLine, ...], videos: tuple[int, ...]
) -> Offer:
    # In a BUNDLE group the first section's transport is everybody's.
    first = sections[videos[0]]
    bundle = next((group for group in bundles(session) if media[videos[0]].mid in group), [])
    tagged = next((at for at, line in enumerate(media) if bundle and line.mid == bundle[0]), videos[0])
    transport = _Transport((first, sections[tagged], session))
    has_ice = sections[tagged].has("ice-ufrag") or session.has("ice-ufrag")
    if not transport.all("rtcp-mux"):
        raise Unsupported("the offer has no rtcp-mux: RTP and RTCP share one port here")
    delays = {_extension_id(sections[index], PLAYOUT_DELAY_URI) for index in videos}
    return Offer(
        media=media,
        videos=videos,
        formats=formats_of(first),
        fingerprints=_fingerprints(transport),
        ice=_ice_user(transport),
        playout_delay_id=delays.pop() if len(delays) == 1 else None,
        bundled=bool(bundle),
        reduced_size=bool(transport.all("rtcp-rsize")),
        speaks_first=_setup(transport) == "active",
        carrier=tagged if tagged not in videos and media[tagged].alive and has_ice else None,
        remb=any(value.partition(" ")[2] == "goog-remb" for value in first.all("rtcp-fb")),
    )


@dataclass(frozen=True, slots=True)
class _Transport:
    """Where a section's transport is told: in itself; where it is bundled, in the first section of its group
    (RFC 8829 section 5.2.1, RFC 9143 section 7.1.3); for the whole session."""

    places: tuple[Section, ...]

    def all(self, name: str) -> list[str]:
        return next((place.all(name) for place in self.places if place.has(name)), [])


def _media_line(session: Section, section: Section, index: int) -> MediaLine:
    assert section.media is not None
    kind, transport, formats = section.media
    named = section.has("mid")
    mid = section.all("mid")[0] if named else str(index)
    if not _TOKEN.fullmatch(mid):
        raise BadInput("the offer has a mid that is not understood", "sdp")
    # Port 0 is a section given up, unless it only waits for its BUNDLE group (RFC 9143 section 6).
    alive = section.port != 0 or section.has("bundle-only")
    # A direction of the session holds for the sections that have none of their own (RFC 8866 section 6.7).
    says = next((place for place in (section, session) if any(map(place.has, _DIRECTIONS))), session)
    wanted = alive and not says.has("sendonly") and not says.has("inactive")
    return MediaLine(kind, transport, formats, mid, wanted, named, alive, _said_of_first(section, formats))


def _said_of_first(section: Section, formats: str) -> tuple[str, ...]:
    """The attributes of a section's first format, as the answer repeats them."""
    lines = [f"{name}:{value}" for name in ("rtpmap", "fmtp") for value in section.all(name)]
    first = [line for line in lines if line.partition(":")[2].split(" ")[0] == formats.split(" ")[0]]
    ports = [f"sctp-port:{value}" for value in section.all("sctp-port")]
    return tuple(line for line in (*first, *ports) if _TOKENS.fullmatch(line))[:_MOST_SAID]


def _ice_user(transport: _Transport) -> IceUser:
    ufrags, passwords = transport.all("ice-ufrag"), transport.all("ice-pwd")
    if not ufrags or not passwords:
        raise BadInput("the offer has no ice-ufrag or no ice-pwd", "sdp")
    return IceUser(ufrags[0], passwords[0])


def _setup(transport: _Transport) -> str:
    """Which side may be the DTLS client (RFC 8842 section 5.3)."""
    setup = (transport.all("setup") or [""])[0]
    if setup not in ("actpass", "active", "passive"):
        raise BadInput("the offer does not say who begins the DTLS handshake (setup)", "sdp")
    return setup


def _fingerprints(transport: _Transport) -> tuple[Fingerprint, ...]:
    found = []
    for value in transport.all("fingerprint"):
        algorithm, _, digest = value.partition(" ")
        found.append(Fingerprint(algorithm.lower(), digest.strip().upper()))
    if not any(fingerprint.usable for fingerprint in found):
        raise BadInput("the offer has no certificate fingerprint by SHA-256, SHA-384 or SHA-512", "sdp")
    return tuple(found)


def _extension_id(section: Section, uri: str) -> int | None:
    """The id under which an extension is offered, if it fits a one-byte header (RFC 8285)."""
    for value in section.all("extmap"):
        number, _, rest = value.partition(" ")
        digits = number.partition("/")[0]
        if rest.split(" ")[0] == uri and digits.isdecimal() and 1 <= int(digits) <= 14:
            return int(digits)
    return None
