"""The two descriptions of a light viewer's session: what it offers, and what it reads of the answer."""

import re
from dataclasses import dataclass

PRIMARY_TYPE = 102
REPAIR_TYPE = 103
UFRAG, PASSWORD = "light", "lightlightlightlightlight"


def offer(
    fingerprint: str, *, rtx: bool = True, codec: str = "H264", mode: int = 1, setup: str = "actpass"
) -> str:
    """An SDP offer as browsers make them, to receive video only."""
    types = f"{PRIMARY_TYPE} {REPAIR_TYPE}" if rtx else f"{PRIMARY_TYPE}"
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        f"m=video 9 UDP/TLS/RTP/SAVPF {types}",
        "c=IN IP4 0.0.0.0",
        "a=mid:0",
        "a=recvonly",
        "a=rtcp-mux",
        f"a=ice-ufrag:{UFRAG}",
        f"a=ice-pwd:{PASSWORD}",
        f"a=fingerprint:sha-256 {fingerprint}",
        f"a=setup:{setup}",
        "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
        f"a=rtpmap:{PRIMARY_TYPE} {codec}/90000",
        f"a=fmtp:{PRIMARY_TYPE} packetization-mode={mode};profile-level-id=42e01f;level-asymmetry-allowed=1",
    ]
    if rtx:
        lines += [f"a=rtpmap:{REPAIR_TYPE} rtx/90000", f"a=fmtp:{REPAIR_TYPE} apt={PRIMARY_TYPE}"]
    return "\r\n".join(lines) + "\r\n"


@dataclass(frozen=True, slots=True)
class Place:
    """What the answer says: where to, and with which ICE password; the two sources; whether the server begins
    the DTLS handshake."""

    address: tuple[str, int]
    ufrag: str
    password: str
    primary: int
    repair: int | None
    begins: bool = False

    @classmethod
    def read(cls, answer: str) -> "Place":
        def one(pattern: str) -> str:
            found = re.search(pattern, answer, re.MULTILINE)
            assert found, pattern
            return found[1]

        host, port = one(r"^a=candidate:.* udp \d+ ([\d.]+ \d+) typ host").split()
        group = re.search(r"^a=ssrc-group:FID (\d+) (\d+)", answer, re.MULTILINE)
        primary = int(one(r"^a=ssrc:(\d+)"))
        return cls(
            (host, int(port)),
            one(r"^a=ice-ufrag:(\S+)"),
            one(r"^a=ice-pwd:(\S+)"),
            primary,
            int(group[2]) if group else None,
            one(r"^a=setup:(\S+)") == "active",
        )
