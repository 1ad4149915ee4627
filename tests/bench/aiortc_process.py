"""Stock aiortc as a process of its own, pinned to a core."""

import sys
from pathlib import Path

from tests.bench.load import Kind
from tests.bench.peer_process import PeerProcess
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import Place, offer
from tests.support.ports import free_port

_START_S = 60.0
_CANDIDATE = "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n"


class AiortcProcess(PeerProcess):
    """An aiortc passing one stream on."""

    def __init__(self, folder: Path, core: int) -> None:
        super().__init__("the aiortc server", folder / "aiortc.log", core)
        self._port = free_port()
        self._base = f"http://127.0.0.1:{self._port}"

    async def join(self, browser: Browser, kind: Kind) -> LightClient:
        """A connected viewer."""
        # aiortc wants a candidate in the offer; it finds the viewer by its checks, as of any full ICE agent.
        asked = offer(browser.fingerprint, setup="active") + _CANDIDATE
        answer = await self._http.post(f"{self._base}/whep", content=asked)
        answer.raise_for_status()
        client = kind(browser, Place.read(answer.text))
        await client.connect(within_s=60.0)
        return client

    async def _start(self) -> None:
        self._launch([sys.executable, "-m", "tests.bench.aiortc_server", str(self._port)])
        await self._once_up(self._healthy, _START_S)

    async def _healthy(self) -> None:
        (await self._http.get(f"{self._base}/healthz")).raise_for_status()
