"""The camera's description of its video (SDP: RFC 4566, in RTSP: RFC 2326 appendix C)."""

import base64
import binascii
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from shared.codecs.h264 import annex_b

_STATIC = {26: ("jpeg", 90_000), 32: ("mpv", 90_000)}
_CODECS = {"h264": "h264", "h265": "hevc", "hevc": "hevc", "jpeg": "mjpeg", "mp4v-es": "mpeg4"}
_DEPTHS = {"h264": "sprop-interleaving-depth", "hevc": "sprop-depack-buf-nalus"}
"""How many NAL units have to be held back to be put in order (RFC 6184 section 8.1, RFC 7798 section 7.1)."""
_MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class Video:
    """The video of a session. `codec` is FFmpeg's name where we know it, the camera's word otherwise.

    `numbered`: its packets carry decoding order numbers where they need not. `interleaved`: they come out of
    that order. `control` and `session_control` are as written, empty where missing; `parameter_sets` as
    StreamInfo has it.
    """

    codec: str
    payload_type: int
    clock_rate: int = 90_000
    control: str = ""
    session_control: str = ""
    parameter_sets: bytes = b""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    numbered: bool = False
    interleaved: bool = False


@dataclass(slots=True)
class _Media:
    kind: str
    formats: list[int]
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def attribute(self, name: str) -> str:
        return next((value for known, value in self.attributes if known == name), "")

    def of_format(self, name: str, payload_type: int) -> str:
        """The value of `a=NAME:PT VALUE` for a payload type."""
        for known, value in self.attributes:
            number, _, rest = value.partition(" ")
            if known == name and number == str(payload_type):
                return rest.strip()
        return ""


def video_of(text: str) -> Video | None:
    """The video to set up: the first one of a codec we know, else the first one; None where there is none."""
    session, medias = _parse(text)
    found = [
        _video(media, payload_type, session.attribute("control"))
        for media in medias
        if media.kind == "video"
        for payload_type in media.formats
    ]
    known = [video for video in found if video.codec in _CODECS.values()]
    return next(iter(known or found), None)


def resolve(base: str, control: str) -> str:
    """The address a control attribute stands for (RFC 2326, section C.1.1); `base` where it is of no use.

    A relative one is put behind the base, query included, because cameras mean it so.
    """
    if not control or control == "*" or any(ord(character) <= 32 for character in control):
        return base
    if "://" in control:
        return control if control.lower().startswith(("rtsp://", "rtspu://")) else base
    if control.startswith("/"):
        parts = urlsplit(base)
        return f"{parts.scheme}://{parts.netloc}{control}"
    return base + ("" if base.endswith("/") else "/") + control


def _parse(text: str) -> tuple[_Media, list[_Media]]:
    session = _Media("session", [])
    medias: list[_Media] = []
    for line in text.splitlines()[:_MAX_LINES]:
        kind, _, value = line.strip().partition("=")
        if kind == "m":
            words = value.split()
            formats = [int(word) for word in words[3:] if word.isascii() and word.isdigit()]
            medias.append(_Media(words[0].lower() if words else "", [pt for pt in formats if pt < 128]))
        elif kind == "a":
            name, _, rest = value.partition(":")
            (medias[-1] if medias else session).attributes.append((name.strip().lower(), rest.strip()))
    return session, medias


def _video(media: _Media, payload_type: int, session_control: str) -> Video:
    name, rate = _STATIC.get(payload_type, ("unknown", 90_000))
    mapped = media.of_format("rtpmap", payload_type).split("/")
    if mapped[0]:
        name = mapped[0].strip().lower()
        rate = _number(mapped[1], 90_000) if len(mapped) > 1 else 90_000
    codec = _CODECS.get(name, name)
    width, height = _size(media, payload_type)
    parameters = _parameters(media.of_format("fmtp", payload_type))
    return Video(
        codec,
        payload_type,
        rate or 90_000,
        media.attribute("control"),
        session_control,
        _parameter_sets(codec, parameters),
        width,
        height,
        _rate(media.attribute("framerate")),
        codec == "hevc" and _number(parameters.get("sprop-max-don-diff", ""), 0) > 0,
        _number(parameters.get(_DEPTHS.get(codec, ""), ""), 0) > 0,
    )


def _parameters(fmtp: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for part in fmtp.split(";"):
        name, _, value = part.partition("=")
        parameters[name.strip().lower()] = value.strip()
    return parameters


def _parameter_sets(codec: str, parameters: dict[str, str]) -> bytes:
    """RFC 6184 section 8.1, RFC 7798 section 7.1, RFC 6416 section 7.1."""
    if codec == "h264":
        return _annex_b(parameters.get("sprop-parameter-sets", ""))
    if codec == "hevc":
        names = ("sprop-vps", "sprop-sps", "sprop-pps")
        return b"".join(_annex_b(parameters.get(name, "")) for name in names)
    if codec == "mpeg4":
        try:
            return bytes.fromhex(parameters.get("config", ""))
        except ValueError:
            return b""
    return b""


def _annex_b(encoded: str) -> bytes:
    nals = []
    for word in encoded.split(","):
        bare = word.strip().rstrip("=")
        try:
            nals.append(base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True))
        except (binascii.Error, ValueError):
            continue
    return annex_b([nal for nal in nals if nal])


def _size(media: _Media, payload_type: int) -> tuple[int, int]:
    told = media.of_format("framesize", payload_type).partition("-")
    if not told[1]:
        told = media.attribute("x-dimensions").partition(",")
    return _number(told[0], 0), _number(told[2], 0)


def _number(text: str, otherwise: int) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        return 0.0
    return rate if 0 < rate < 1000 else 0.0
