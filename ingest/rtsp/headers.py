"""The Session and Transport headers (RFC 2326, sections 12.37 and 12.39)."""

from dataclasses import dataclass

DEFAULT_TIMEOUT_S = 60.0
_MIN_TIMEOUT_S, _MAX_TIMEOUT_S = 2.0, 3600.0


def session_of(header: str) -> tuple[str, float]:
    """The session's name, and after how many seconds without a word the camera ends it."""
    name, _, rest = header.partition(";")
    timeout_s = DEFAULT_TIMEOUT_S
    for part in rest.split(";"):
        key, _, value = part.partition("=")
        if key.strip().lower() == "timeout":
            timeout_s = _seconds(value)
    return name.strip(), timeout_s


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the camera chose of the transports offered. Ports and channels are RTP's and RTCP's."""

    tcp: bool
    channels: tuple[int, int] | None = None
    server_ports: tuple[int, int] | None = None
    ssrc: int | None = None


def transport_of(header: str) -> Chosen:
    """What a Transport header of a response says; parts that make no sense are left out."""
    first = header.split(",")[0]
    protocol, *parts = first.split(";")
    given = {key.strip().lower(): value.strip() for key, _, value in (part.partition("=") for part in parts)}
    return Chosen(
        tcp="TCP" in protocol.upper() or "interleaved" in given,
        channels=_pair(given.get("interleaved", ""), 255),
        server_ports=_pair(given.get("server_port", ""), 65535),
        ssrc=_hexadecimal(given.get("ssrc", "")),
    )


def _pair(text: str, most: int) -> tuple[int, int] | None:
    low, dash, high = text.partition("-")
    if not (low.isascii() and low.isdigit() and len(low) < 6):
        return None
    first = int(low)
    second = int(high) if dash and high.isascii() and high.isdigit() and len(high) < 6 else first + 1
    return (first, second) if max(first, second) <= most else None


def _hexadecimal(text: str) -> int | None:
    try:
        value = int(text, 16)
    except ValueError:
        return None
    return value if 0 < value < 1 << 32 else None


def _seconds(text: str) -> float:
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return DEFAULT_TIMEOUT_S
    return min(max(float(text), _MIN_TIMEOUT_S), _MAX_TIMEOUT_S)
