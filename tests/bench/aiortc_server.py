"""`python -m tests.bench.aiortc_server PORT`: stock aiortc passing coded pictures on, the peer in Python.

One track plays the bench's stream; a `MediaRelay` gives it to each viewer as `av.Packet`s, which aiortc's own
sender packetises and protects without coding them anew.
"""

import asyncio
import sys
from fractions import Fraction
from typing import Any

import av
import uvicorn
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.support.mux_stream import FPS, street

_GOP = 2 * FPS


class Street(MediaStreamTrack):
    """The bench's stream in real time, for ever."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._coded = [unit.data for unit in street(_GOP, 2 * _GOP)]
        self._number = 0
        self._began_s: float | None = None

    async def recv(self) -> "av.Packet[av.stream.Stream]":
        """The next picture, when it is due."""
        loop = asyncio.get_running_loop()
        if self._began_s is None:
            self._began_s = loop.time()
        await asyncio.sleep(max(0.0, self._began_s + self._number / FPS - loop.time()))
        packet = av.Packet(self._coded[self._number % len(self._coded)])
        packet.pts, packet.time_base = self._number * 90_000 // FPS, Fraction(1, 90_000)
        self._number += 1
        return packet


class Viewers:
    """The peer connections, kept until they fail."""

    def __init__(self, track: Street) -> None:
        self._track = track
        self._relay = MediaRelay()
        self._open: set[Any] = set()

    async def answer(self, request: Request) -> PlainTextResponse:
        """WHEP without tickets: an offer in, an answer out."""
        connection = RTCPeerConnection()
        self._open.add(connection)
        offer = RTCSessionDescription((await request.body()).decode(), "offer")
        connection.addTrack(self._relay.subscribe(self._track))
        await connection.setRemoteDescription(offer)
        await connection.setLocalDescription(await connection.createAnswer())
        return PlainTextResponse(connection.localDescription.sdp, 201, media_type="application/sdp")

    async def health(self, request: Request) -> PlainTextResponse:
        """Answers once the server runs."""
        return PlainTextResponse("ok")


def main() -> int:
    viewers = Viewers(Street())
    routes = [Route("/whep", viewers.answer, methods=["POST"]), Route("/healthz", viewers.health)]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
