"""What a test does with the RTP a light client kept."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import av

from mux.transport.udp import UdpTransport
from shared.tap import TapKeys
from shared.units import AccessUnit
from tests.integration.mux.rig import Camera, Mux, playing, running_mux
from tests.support.eventually import eventually
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import PRIMARY_TYPE, REPAIR_TYPE, Place, offer
from tests.unit.mux.rtp.test_packetise import depacketised

_HEADER_BYTES = 20
BROWSER = Browser()


@asynccontextmanager
async def watching(
    mux: Mux,
    *,
    browser: Browser = BROWSER,
    session: str = "session-1",
    lose: Callable[[bytes], bool] | None = None,
) -> AsyncIterator[LightClient]:
    """A light client that watches the test stream and keeps all it gets."""
    answer = await mux.ask(offer(browser.fingerprint), ticket=mux.ticket(session=session))
    assert answer.status_code == 201, answer.text
    client = LightClient(
        browser,
        Place.read(answer.text),
        keep=True,
        lose=lose,
    )
    try:
        await client.connect()
        yield client
    finally:
        client.close()


@dataclass(frozen=True, slots=True)
class Scene:
    """A mux, a camera it shows and a viewer who watches."""

    mux: Mux
    camera: Camera
    client: LightClient

    @property
    def rtp(self) -> list[bytes]:
        return self.client.received.rtp

    async def pictures(self, count: int, *, after: int = 0, within_s: float = 10.0) -> None:
        """Wait for `count` pictures, not counting those of the first `after` packets."""
        await eventually(
            lambda: len(timestamps(self.rtp[after:])) >= count, within_s=within_s, what=f"{count} pictures"
        )


@asynccontextmanager
async def scene(
    folder: Path,
    units: Sequence[AccessUnit],
    *,
    head_start: int = 0,
    browser: Browser = BROWSER,
    lose: Callable[[bytes], bool] | None = None,
    keys: TapKeys | None = None,
    **settings: object,
) -> AsyncIterator[Scene]:
    """A scene of a camera that plays `units`, the first `head_start` of them before anybody watches."""
    async with running_mux(folder, make_transport=UdpTransport, **settings) as mux:
        camera = Camera(units, mux.tap_port, keys=keys)
        async with (
            playing(camera, head_start=head_start),
            watching(mux, browser=browser, lose=lose) as client,
        ):
            yield Scene(mux, camera, client)


def packets_by_sequence(rtp: list[bytes]) -> dict[int, bytes]:
    """Payloads by sequence number, those repaired by RTX in their places."""
    found: dict[int, bytes] = {}
    for packet in rtp:
        kind = packet[1] & 0x7F
        if kind == PRIMARY_TYPE:
            found[int.from_bytes(packet[2:4], "big")] = packet[_HEADER_BYTES:]
        elif kind == REPAIR_TYPE:
            found[int.from_bytes(packet[_HEADER_BYTES : _HEADER_BYTES + 2], "big")] = packet[
                _HEADER_BYTES + 2 :
            ]
    return found


def missing(rtp: list[bytes]) -> list[int]:
    """Sequence numbers between the first and the last that never came."""
    found = packets_by_sequence(rtp)
    first = int.from_bytes(rtp[0][2:4], "big")
    last = max((number - first) & 0xFFFF for number in found)
    return [(first + step) & 0xFFFF for step in range(last) if (first + step) & 0xFFFF not in found]


def decoded(rtp: list[bytes]) -> int:
    """How many pictures FFmpeg decodes from these packets; fails on the first it cannot."""
    found = packets_by_sequence(rtp)
    first = int.from_bytes(rtp[0][2:4], "big")
    ordered = sorted(found, key=lambda number: (number - first) & 0xFFFF)
    decoder = av.CodecContext.create("h264", "r")
    pictures = 0
    nals = depacketised([found[number] for number in ordered])
    stream = b"".join(b"\0\0\0\1" + nal for nal in nals)
    for packet in decoder.parse(stream) + decoder.parse(b""):
        pictures += len(decoder.decode(packet))
    return pictures + len(decoder.decode(None))


def timestamps(rtp: list[bytes]) -> list[int]:
    """The timestamps of the pictures, in order of arrival."""
    found: list[int] = []
    for packet in rtp:
        stamp = int.from_bytes(packet[4:8], "big")
        if packet[1] & 0x7F == PRIMARY_TYPE and (not found or found[-1] != stamp):
            found.append(stamp)
    return found
