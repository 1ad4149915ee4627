"""A WHEP client's SDP offer (RFC 8866, RFC 9725): what it can receive, and how to reach it.

A plain offer has one video section that counts. That of a wall has up to MOST_TILES, all in one BUNDLE group
(RFC 8843), each for one tile.
"""

import re
from dataclasses import dataclass, field

from mux.fingerprint import Fingerprint
from shared.errors import BadInput, Unsupported
from shared.units import Codec

PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
MAX_OFFER_BYTES = 64 * 1024
MAX_WALL_OFFER_BYTES = 1 << 20
MOST_TILES = 64
_MAX_LINES = 2000
_MAX_WALL_LINES = 20_000
_TOKEN = re.compile(r"[!-~]{1,256}")
_MEDIA = re.compile(r"([a-z]{1,20}) ([0-9]{1,5}) ([A-Za-z/]{1,40}) ([!-~ ]{1,1000})")
_HEX_PROFILE = re.compile(r"[0-9a-fA-F]{6}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,30}")
# RFC 6184 section 8.1: what an absent profile-level-id means.
_DEFAULT_PROFILE = "42000a"
_MAX_NAMED_CODECS = 20
# RFC 7798 section 7.1: those that have to be the same in the answer.
_H265_PARAMETERS = ("profile-id", "tier-flag", "level-id", "tx-mode")


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """One payload type of an offer that we could send: H.264 in packetisation mode 1, or H.265.

    `parameters` is what the answer has to say of it (`a=fmtp`), `profile_level_id` six hex digits of H.264.
    """

    codec: Codec
    payload_type: int
    rtx_payload_type: int | None
    parameters: str
    profile_level_id: str = ""

    @property
    def profile_idc(self) -> int:
        return int(self.profile_level_id[:2], 16) if self.profile_level_id else 0


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One `m=` section, as far as the answer has to repeat it. `wanted` is whether it asks to receive."""

    kind: str
    transport: str
    formats: str
    mid: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class IceUser:
    """The client's ICE user name fragment and password."""

    ufrag: str
    password: str

    def __repr__(self) -> str:
        return f"IceUser({self.ufrag})"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client offers. `videos` are the indices in `media` of the sections we send on."""

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

    @property
    def mids(self) -> tuple[str, ...]:
        """The names of the sections we send on."""
        return tuple(self.media[index].mid for index in self.videos)


@dataclass(slots=True)
class _Section:
    """Attributes of one part of the text: the first `a=` value of a name, and all values by name."""

    media: tuple[str, str, str] | None = None
    port: int = 9
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        return self.attributes.get(name, [])

    def has(self, name: str) -> bool:
        return name in self.attributes

    @property
    def said_of_formats(self) -> tuple[object, ...]:
        """All that gives payload types their meaning."""
        return (None if self.media is None else self.media[2], self.all("rtpmap"), self.all("fmtp"))


def parse_offer(text: str) -> Offer:
    """Read an offer of one video. Raises BadInput where it cannot be used, Unsupported where it has no H.264
    for us."""
    session, sections = _sections(text, _MAX_LINES)
    media = tuple(_media_line(section, index) for index, section in enumerate(sections))
    video = next((index for index, line in enumerate(media) if line.kind == "video"), None)
    if video is None:
        raise Unsupported("the offer asks for no video: this server sends H.264 video and nothing else")
    if not media[video].wanted:
        raise BadInput("the offer does not ask to receive video (sendonly or inactive)", "sdp")
    return _offer(session, sections, media, (video,))


def parse_wall_offer(text: str) -> Offer:
    """Read an offer of a wall: each video section that asks to receive is a tile. Raises as `parse_offer`."""
    session, sections = _sections(text, _MAX_WALL_LINES)
    media = tuple(_media_line(section, index) for index, section in enumerate(sections))
    videos = tuple(index for index, line in enumerate(media) if line.kind == "video" and line.wanted)
    if not videos:
        raise Unsupported("the offer asks for no video: a wall needs a section to receive for each tile")
    if len(videos) > MOST_TILES:
        raise BadInput(f"the offer has {len(videos)} video sections: a wall has at most {MOST_TILES}", "sdp")
    mids = [line.mid for line in media]
    if len(set(mids)) != len(mids):
        raise BadInput("the offer has two sections with the same mid", "sdp")
    groups = [value.split()[1:] for value in session.all("group") if value.startswith("BUNDLE")]
    if not any(all(media[index].mid in group for index in videos) for group in groups):
        raise BadInput("the offer's video sections are not all in one BUNDLE group", "sdp")
    if any(sections[index].said_of_formats != sections[videos[0]].said_of_formats for index in videos):
        raise BadInput("the offer's video sections differ in their payload types", "sdp")
    return _offer(session, sections, media, videos)


def _offer(
    session: _Section, sections: list[_Section], media: tuple[MediaLine, ...], videos: tuple[int, ...]
) -> Offer:
    # In a BUNDLE group the first section's transport is everybody's.
    first = sections[videos[0]]
    if not first.has("rtcp-mux"):
        raise Unsupported("the offer has no rtcp-mux: RTP and RTCP share one port here")
    delays = {_extension_id(sections[index], PLAYOUT_DELAY_URI) for index in videos}
    return Offer(
        media=media,
        videos=videos,
        formats=_formats(first),
        fingerprints=_fingerprints(session, first),
        ice=_ice_user(session, first),
        playout_delay_id=delays.pop() if len(delays) == 1 else None,
        bundled=any(value.startswith("BUNDLE") for value in session.all("group")),
        reduced_size=first.has("rtcp-rsize"),
        speaks_first=_setup(session, first) == "active",
        remb=any(value.partition(" ")[2] == "goog-remb" for value in first.all("rtcp-fb")),
    )


def _sections(text: str, max_lines: int) -> tuple[_Section, list[_Section]]:
    lines = text.splitlines()
    if len(lines) > max_lines or not lines or lines[0].strip() != "v=0":
        raise BadInput("the body is no SDP offer: it does not start with v=0", "sdp")
    session, sections = _Section(), list[_Section]()
    current = session
    for line in lines:
        kind, _, value = line.partition("=")
        if kind == "m":
            found = _MEDIA.fullmatch(value.strip())
            if not found:
                raise BadInput("the offer has an m= line that is not understood", "sdp")
            current = _Section((found[1], found[3], found[4]), port=int(found[2]))
            sections.append(current)
        elif kind == "a":
            name, _, rest = value.strip().partition(":")
            current.attributes.setdefault(name, []).append(rest.strip())
    return session, sections


def _media_line(section: _Section, index: int) -> MediaLine:
    assert section.media is not None
    kind, transport, formats = section.media
    mid = (section.all("mid") or [str(index)])[0]
    if not _TOKEN.fullmatch(mid):
        raise BadInput("the offer has a mid that is not understood", "sdp")
    # Port 0 is a section given up, unless it only waits for its BUNDLE group (RFC 8843 section 6).
    alive = section.port != 0 or section.has("bundle-only")
    wanted = alive and not section.has("sendonly") and not section.has("inactive")
    return MediaLine(kind, transport, formats, mid, wanted)


def _ice_user(session: _Section, section: _Section) -> IceUser:
    def both(name: str) -> list[str]:
        return section.all(name) or session.all(name)

    if not both("ice-ufrag") or not both("ice-pwd"):
        raise BadInput("the offer has no ice-ufrag or no ice-pwd", "sdp")
    return IceUser(both("ice-ufrag")[0], both("ice-pwd")[0])


def _setup(session: _Section, section: _Section) -> str:
    """Who may be the DTLS client (RFC 8842 section 5.3)."""
    setup = (section.all("setup") or session.all("setup") or [""])[0]
    if setup not in ("actpass", "active", "passive"):
        raise BadInput("the offer does not say who begins the DTLS handshake (setup)", "sdp")
    return setup


def _fingerprints(session: _Section, section: _Section) -> tuple[Fingerprint, ...]:
    found = []
    for value in section.all("fingerprint") or session.all("fingerprint"):
        algorithm, _, digest = value.partition(" ")
        found.append(Fingerprint(algorithm.lower(), digest.strip().upper()))
    if not any(fingerprint.usable for fingerprint in found):
        raise BadInput("the offer has no certificate fingerprint by SHA-256, SHA-384 or SHA-512", "sdp")
    return tuple(found)


def _extension_id(section: _Section, uri: str) -> int | None:
    """The id under which an extension is offered, if it fits a one-byte header (RFC 8285)."""
    for value in section.all("extmap"):
        number, _, rest = value.partition(" ")
        digits = number.partition("/")[0]
        if rest.split(" ")[0] == uri and digits.isdecimal() and 1 <= int(digits) <= 14:
            return int(digits)
    return None


def _formats(section: _Section) -> tuple[VideoFormat, ...]:
    """The payload types we could send on, in the offer's order of preference."""
    names: dict[int, str] = {}
    for value in section.all("rtpmap"):
        digits, _, name = value.partition(" ")
        if digits.isdecimal() and int(digits) < 128:
            names[int(digits)] = name.partition("/")[0].strip()
    parameters = {number: _parameters(section, number) for number in names}
    repairs = {
        parameters[number].get("apt"): number for number, name in names.items() if name.lower() == "rtx"
    }
    assert section.media is not None
    formats = []
    for word in section.media[2].split():
        number = int(word) if word.isdecimal() else -1
        found = _format(names.get(number, ""), number, parameters.get(number, {}), repairs.get(str(number)))
        if found is not None:
            formats.append(found)
    if not any(found.codec is Codec.H264 for found in formats):
        raise Unsupported(_without_h264(names))
    return tuple(formats)


def _format(name: str, number: int, said: dict[str, str], repair: int | None) -> VideoFormat | None:
    if name.upper() == "H265":
        # What else there is (RFC 7798 section 7.1) is of no camera: several sessions, profiles beyond Main.
        if said.get("tx-mode", "SRST") != "SRST" or said.get("profile-id", "1") != "1":
            return None
        known = [f"{key}={said[key]}" for key in _H265_PARAMETERS if said.get(key, "").isalnum()]
        return VideoFormat(Codec.H265, number, repair, ";".join(known))
    profile = said.get("profile-level-id", _DEFAULT_PROFILE)
    if name.upper() != "H264" or said.get("packetization-mode") != "1":
        return None
    if not _HEX_PROFILE.fullmatch(profile):
        return None
    profile = profile.lower()
    repeated = f"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}"
    return VideoFormat(Codec.H264, number, repair, repeated, profile)


def _without_h264(names: dict[int, str]) -> str:
    if any(name.upper() == "H264" for name in names.values()):
        return "the offer has H.264 without packetization-mode=1, which this server needs"
    known = sorted({name for name in names.values() if _WORD.fullmatch(name)})[:_MAX_NAMED_CODECS]
    listed = ", ".join(known) if known else "no codec at all"
    return f"the offer has no H.264, only {listed}: this server sends H.264"


def _parameters(section: _Section, number: int) -> dict[str, str]:
    """The format parameters (`a=fmtp`) of a payload type."""
    found: dict[str, str] = {}
    for value in section.all("fmtp"):
        word, _, rest = value.partition(" ")
        if word == str(number):
            for part in rest.split(";"):
                name, _, said = part.strip().partition("=")
                found[name.strip().lower()] = said.strip()
    return found
