"""The payload types of an offer on which we could send (RFC 6184, RFC 7798, RFC 4588)."""

import re
from dataclasses import dataclass

from mux.sdp.sections import Section
from shared.errors import Unsupported
from shared.units import Codec

_HEX_PROFILE = re.compile(r"[0-9a-fA-F]{6}")
_REPAIRING = frozenset({"rtx", "red", "ulpfec", "flexfec-03"})
"""What stands among the codecs of an offer and is none."""
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,30}")
# RFC 6184 section 8.1: what an absent profile-level-id means.
_DEFAULT_PROFILE = "42000a"
_MAX_NAMED_CODECS = 20
# RFC 7798 section 7.1: those that have to be the same in the answer.
_H265_PARAMETERS = ("profile-id", "tier-flag", "level-id", "tx-mode")


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """One payload type of an offer that we could send: H.264 in packetisation mode 0 or 1, or H.265.

    `parameters` is what the answer has to say of the payload type (`a=fmtp`), `profile_level_id` six hex
    digits of H.264. `mode` is 1 for H.265, which has no modes.
    """

    codec: Codec
    payload_type: int
    rtx_payload_type: int | None
    parameters: str
    profile_level_id: str = ""
    mode: int = 1

    @property
    def profile_idc(self) -> int:
        return int(self.profile_level_id[:2], 16) if self.profile_level_id else 0


def formats_of(section: Section) -> tuple[VideoFormat, ...]:
    """The payload types of a section that we could send on, in the offer's order of preference.

    Raises Unsupported where none is of H.264.
    """
    names = _names(section)
    formats = _sendable(section, names)
    if not any(found.codec is Codec.H264 for found in formats):
        raise Unsupported(_without_h264(names))
    return formats


def has_h264(section: Section) -> bool:
    """Whether `formats_of` would not raise."""
    return any(found.codec is Codec.H264 for found in _sendable(section, _names(section)))


def _names(section: Section) -> dict[int, str]:
    """The codec of each payload type."""
    names: dict[int, str] = {}
    for value in section.all("rtpmap"):
        digits, _, name = value.partition(" ")
        if digits.isdecimal() and int(digits) < 128:
            names[int(digits)] = name.partition("/")[0].strip()
    return names


def _sendable(section: Section, names: dict[int, str]) -> tuple[VideoFormat, ...]:
    parameters = {number: _parameters(section, number) for number in names}
    repairing = {
        parameters[number].get("apt"): number for number, name in names.items() if name.lower() == "rtx"
    }
    assert section.media is not None
    formats = []
    for word in section.media[2].split():
        number = int(word) if word.isdecimal() else -1
        found = _format(names.get(number, ""), number, parameters.get(number, {}), repairing.get(str(number)))
        if found is not None:
            formats.append(found)
    return tuple(formats)


def _format(name: str, number: int, said: dict[str, str], rtx: int | None) -> VideoFormat | None:
    if name.upper() == "H265":
        # What else there is (RFC 7798 section 7.1) is of no camera: several sessions, profiles beyond Main.
        if said.get("tx-mode", "SRST") != "SRST" or said.get("profile-id", "1") != "1":
            return None
        known = [f"{key}={said[key]}" for key in _H265_PARAMETERS if said.get(key, "").isalnum()]
        return VideoFormat(Codec.H265, number, rtx, ";".join(known))
    profile, mode = said.get("profile-level-id", _DEFAULT_PROFILE), said.get("packetization-mode", "0")
    if name.upper() != "H264" or mode not in ("0", "1") or not _HEX_PROFILE.fullmatch(profile):
        return None
    profile = profile.lower()
    # What the offer leaves out is left out: some understand a name only where they have said it themselves.
    repeated = [f"packetization-mode={mode}"] if "packetization-mode" in said else []
    if "profile-level-id" in said:
        repeated = ["level-asymmetry-allowed=1", *repeated, f"profile-level-id={profile}"]
    return VideoFormat(Codec.H264, number, rtx, ";".join(repeated), profile, int(mode))


def _without_h264(names: dict[int, str]) -> str:
    if any(name.upper() == "H264" for name in names.values()):
        return "the offer has H.264 in packetization-mode=2 only, or in a profile that cannot be read"
    codecs = {name for name in names.values() if _WORD.fullmatch(name) and name.lower() not in _REPAIRING}
    known = sorted(codecs)[:_MAX_NAMED_CODECS]
    listed = ", ".join(known) if known else "no codec at all"
    return f"the offer has no H.264, only {listed}: this server sends H.264"


def _parameters(section: Section, number: int) -> dict[str, str]:
    """The format parameters (`a=fmtp`) of a payload type."""
    found: dict[str, str] = {}
    for value in section.all("fmtp"):
        word, _, rest = value.partition(" ")
        if word == str(number):
            for part in rest.split(";"):
                name, _, said = part.strip().partition("=")
                found[name.strip().lower()] = said.strip()
    return found
