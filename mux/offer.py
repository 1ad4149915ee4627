"""A WHEP client's SDP offer (RFC 8866, RFC 9725): what it can receive, and how to reach it."""

import re
from dataclasses import dataclass, field

from mux.fingerprint import Fingerprint
from shared.errors import BadInput, Unsupported

PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
MAX_OFFER_BYTES = 64 * 1024
_MAX_LINES = 2000
_TOKEN = re.compile(r"[!-~]{1,256}")
_MEDIA = re.compile(r"([a-z]{1,20}) ([0-9]{1,5}) ([A-Za-z/]{1,40}) ([!-~ ]{1,1000})")
_HEX_PROFILE = re.compile(r"[0-9a-fA-F]{6}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,30}")
# RFC 6184 section 8.1: what an absent profile-level-id means.
_DEFAULT_PROFILE = "42000a"
_MAX_NAMED_CODECS = 20


@dataclass(frozen=True, slots=True)
class H264Format:
    """One H.264 payload type of an offer, packetisation mode 1. `profile_level_id` is six hex digits."""

    payload_type: int
    profile_level_id: str
    rtx_payload_type: int | None

    @property
    def profile_idc(self) -> int:
        return int(self.profile_level_id[:2], 16)


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One `m=` section, as far as the answer has to repeat it."""

    kind: str
    transport: str
    formats: str
    mid: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client offers. `video` is the index in `media` of the section we send on."""

    media: tuple[MediaLine, ...]
    video: int
    formats: tuple[H264Format, ...]
    fingerprints: tuple[Fingerprint, ...]
    playout_delay_id: int | None
    bundled: bool
    reduced_size: bool


@dataclass(slots=True)
class _Section:
    """Attributes of one part of the text: the first `a=` value of a name, and all values by name."""

    media: tuple[str, str, str] | None = None
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        return self.attributes.get(name, [])

    def has(self, name: str) -> bool:
        return name in self.attributes


def parse_offer(text: str) -> Offer:
    """Read an offer. Raises BadInput where it cannot be used, Unsupported where it has no H.264 for us."""
    session, sections = _sections(text)
    media = tuple(_media_line(section, index) for index, section in enumerate(sections))
    video = next((index for index, line in enumerate(media) if line.kind == "video"), None)
    if video is None:
        raise Unsupported("the offer asks for no video: this server sends H.264 video and nothing else")
    section = sections[video]
    if section.has("sendonly") or section.has("inactive"):
        raise BadInput("the offer does not ask to receive video (sendonly or inactive)", "sdp")
    if not section.has("rtcp-mux"):
        raise Unsupported("the offer has no rtcp-mux: RTP and RTCP share one port here")
    _check_transport(session, section)
    return Offer(
        media=media,
        video=video,
        formats=_formats(section),
        fingerprints=_fingerprints(session, section),
        playout_delay_id=_extension_id(section, PLAYOUT_DELAY_URI),
        bundled=any(value.startswith("BUNDLE") for value in session.all("group")),
        reduced_size=section.has("rtcp-rsize"),
    )


def _sections(text: str) -> tuple[_Section, list[_Section]]:
    lines = text.splitlines()
    if len(lines) > _MAX_LINES or not lines or lines[0].strip() != "v=0":
        raise BadInput("the body is no SDP offer: it does not start with v=0", "sdp")
    session, sections = _Section(), list[_Section]()
    current = session
    for line in lines:
        kind, _, value = line.partition("=")
        if kind == "m":
            found = _MEDIA.fullmatch(value.strip())
            if not found:
                raise BadInput("the offer has an m= line that is not understood", "sdp")
            current = _Section((found[1], found[3], found[4]))
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
    return MediaLine(kind, transport, formats, mid)


def _check_transport(session: _Section, section: _Section) -> None:
    def both(name: str) -> list[str]:
        return section.all(name) or session.all(name)

    if not both("ice-ufrag") or not both("ice-pwd"):
        raise BadInput("the offer has no ice-ufrag or no ice-pwd", "sdp")
    setup = (both("setup") or [""])[0]
    if setup not in ("actpass", "active"):
        raise BadInput("the offer must let the browser be the DTLS client (setup actpass or active)", "sdp")


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


def _formats(section: _Section) -> tuple[H264Format, ...]:
    """The H.264 payload types in the offer's order of preference."""
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
        if names.get(number, "").upper() != "H264":
            continue
        said = parameters[number]
        profile = said.get("profile-level-id", _DEFAULT_PROFILE)
        if said.get("packetization-mode") == "1" and _HEX_PROFILE.fullmatch(profile):
            formats.append(H264Format(number, profile.lower(), repairs.get(str(number))))
    if not formats:
        raise Unsupported(_without_h264(names))
    return tuple(formats)


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
