"""SDP fragments that change how a peer is reached (RFC 8840 section 9): ICE restarts and candidates."""

from mux.sdp.answer import Credentials, ice_lines
from mux.sdp.offer import IceUser
from mux.transport.stun import Address
from shared.errors import BadInput

MAX_FRAGMENT_BYTES = 32 * 1024
MEDIA_TYPE = "application/trickle-ice-sdpfrag"
_MAX_LINES = 500
_MAX_CHARS = 256


def parse_fragment(text: str) -> IceUser | None:
    """Who the client is from now on, if its fragment says so. Raises BadInput.

    Its candidates make no difference here: an ICE-lite server answers the checks that reach it.
    """
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > _MAX_LINES:
        raise BadInput(f"the fragment has more than {_MAX_LINES} lines", "sdpfrag")
    if any(line and line[1:2] != "=" for line in lines):
        raise BadInput("the body is no SDP fragment: a line is not of the form x=", "sdpfrag")
    ufrag, password = _first(lines, "ice-ufrag"), _first(lines, "ice-pwd")
    if (ufrag is None) != (password is None):
        raise BadInput("the fragment has only one of ice-ufrag and ice-pwd", "sdpfrag")
    return None if ufrag is None or password is None else IceUser(ufrag, password)


def _first(lines: list[str], name: str) -> str | None:
    head = f"a={name}:"
    found = next((line[len(head) :] for line in lines if line.startswith(head)), None)
    if found is not None and not 0 < len(found) <= _MAX_CHARS:
        raise BadInput(f"the fragment's {name} is empty or too long", "sdpfrag")
    return found


def render_fragment(credentials: Credentials, address: Address, mid: str) -> str:
    """Ours: how the peer reaches us from now on, said for the first section of its BUNDLE group."""
    lines = [
        "a=ice-lite",
        "m=video 9 UDP/TLS/RTP/SAVPF 0",
        f"a=mid:{mid}",
        *ice_lines(credentials, address),
    ]
    return "\r\n".join(lines) + "\r\n"
