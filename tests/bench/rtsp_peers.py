"""MediaMTX and go2rtc on loopback: each pulls one simulated camera by RTSP and serves it by WHEP.

Neither is in a registry that `make bench-peers` installs from: they are measured where their programs are on
the PATH.
"""

import shutil
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from tests.bench.ingest_cost import listens, process
from tests.bench.janus import Missing
from tests.bench.load import Kind
from tests.bench.peer_process import PeerProcess
from tests.support.eventually import eventually
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import Place, offer
from tests.support.mux_stream import BITS_PER_SECOND, FPS
from tests.support.ports import free_port

NAME = "street"
_START_S = 20.0
# Full ICE agents want a candidate in the offer; they find the viewer by its checks.
_CANDIDATE = "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n"

_MEDIAMTX = """logLevel: warn
api: no
rtsp: no
rtmp: no
hls: no
srt: no
webrtc: yes
webrtcAddress: 127.0.0.1:{http}
webrtcLocalUDPAddress: 127.0.0.1:{media}
webrtcIPsFromInterfaces: no
webrtcAdditionalHosts: [127.0.0.1]
paths:
  {name}:
    source: {source}
    rtspTransport: tcp
"""
_GO2RTC = """log: {{level: warn}}
api: {{listen: "127.0.0.1:{http}"}}
rtsp: {{listen: ""}}
webrtc:
  listen: "127.0.0.1:{media}"
  candidates: ["127.0.0.1:{media}"]
  ice_servers: []
streams: {{{name}: "{source}"}}
preload: {{{name}: video}}
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A server that is configured by one file and takes an offer at one place."""

    name: str
    command: str
    text: str
    offers_at: str
    arguments: Callable[[Path], list[str]]

    def configuration(self, http: int, media: int, source: str) -> str:
        """What its file says: where it serves, and which camera it pulls."""
        return self.text.format(http=http, media=media, name=NAME, source=source)

    def found(self) -> str:
        """Where it is. Raises Missing."""
        found = shutil.which(self.command)
        if found is None:
            raise Missing(f"{self.name} is not installed: put `{self.command}` on the PATH to measure it")
        return found


MEDIAMTX = Program("MediaMTX", "mediamtx", _MEDIAMTX, f"/{NAME}/whep", lambda file: [str(file)])
GO2RTC = Program("go2rtc", "go2rtc", _GO2RTC, f"/api/webrtc?src={NAME}", lambda file: ["-config", str(file)])


class RtspPeer(PeerProcess):
    """One of them with a camera that plays."""

    def __init__(self, program: Program, folder: Path, core: int) -> None:
        super().__init__(program.name, folder / f"{program.command}.log", core)
        self._program = program
        self._file = folder / f"{program.command}.yml"
        self._http_port, self._camera_port = free_port(), free_port()
        self._base = f"http://127.0.0.1:{self._http_port}"
        self._camera = AsyncExitStack()

    async def join(self, browser: Browser, kind: Kind) -> LightClient:
        """A connected viewer."""
        answer = await self._ask(offer(browser.fingerprint, setup="active") + _CANDIDATE)
        client = kind(browser, Place.read(answer.text))
        await client.connect(within_s=60.0)
        return client

    async def _start(self) -> None:
        program = self._program.found()
        plan = f"{NAME}:loop:kbps={BITS_PER_SECOND // 1000}:fps={FPS}"
        await self._camera.enter_async_context(
            process("ingest.simulator", "--port", str(self._camera_port), plan)
        )
        await eventually(partial(listens, self._camera_port), within_s=60, what="the simulated camera")
        source = f"rtsp://127.0.0.1:{self._camera_port}/{NAME}"
        self._file.write_text(self._program.configuration(self._http_port, free_port(), source))
        self._launch([program, *self._program.arguments(self._file)])
        await self._once_up(lambda: self._http.get(self._base), _START_S)

    async def _ask(self, asked: str) -> httpx.Response:
        headers = {"Content-Type": "application/sdp"}
        answer = await self._http.post(self._base + self._program.offers_at, content=asked, headers=headers)
        answer.raise_for_status()
        return answer

    async def _stop(self) -> None:
        await super()._stop()
        await self._camera.aclose()
