"""Janus on loopback: configured in a temporary folder, fed with RTP, spoken to over its HTTP API."""

import asyncio
import itertools
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

import httpx

from ingest.simulator.rtp import RtpStream
from mux.rtp.packetise import packetise
from shared.units import AccessUnit
from tests.bench.load import Kind
from tests.bench.peer_process import PeerProcess
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import PASSWORD, PRIMARY_TYPE, UFRAG, Place
from tests.support.mux_stream import FPS
from tests.support.ports import free_port

MOUNTPOINT = 1
_START_S = 20.0
_EVENT_S = 30.0
_FRAME_BYTES = 4
_LIBRARIES = ("/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus", "/usr/lib/janus")

_MAIN = """general: {{
  configs_folder = "{folder}"
  plugins_folder = "{folder}/plugins"
  transports_folder = "{folder}/transports"
  events_folder = "{folder}/none"
  loggers_folder = "{folder}/none"
  debug_level = 3
  session_timeout = 0
}}
nat: {{
  ice_enforce_list = "127.0.0.1"
}}
media: {{
  ipv6 = false
}}
"""
_HTTP = """general: {{
  json = "compact"
  base_path = "/janus"
  http = true
  ip = "127.0.0.1"
  port = {port}
  https = false
}}
admin: {{
  admin_http = false
}}
"""
_STREAMING = """street: {{
  type = "rtp"
  id = {mountpoint}
  description = "street"
  audio = false
  video = true
  videoiface = "127.0.0.1"
  videoport = {port}
  videopt = {payload_type}
  videocodec = "h264"
  videofmtp = "profile-level-id=42e01f;packetization-mode=1"
}}
"""


class Missing(RuntimeError):
    """A peer is not installed here."""


def program() -> str:
    """Where Janus is. Raises Missing."""
    found = shutil.which("janus")
    if found is None:
        raise Missing("Janus is not installed: `make bench-peers` installs Debian's package as root")
    return found


def _libraries() -> Path:
    for place in map(Path, _LIBRARIES):
        if (place / "plugins" / "libjanus_streaming.so").exists():
            return place
    raise Missing(f"Janus's streaming plugin is in none of {', '.join(_LIBRARIES)}")


def configure(folder: Path, libraries: Path, http_port: int, rtp_port: int) -> None:
    """Write a configuration that loads the streaming plugin and the HTTP API, and nothing else."""
    for kind, name in (("plugins", "libjanus_streaming.so"), ("transports", "libjanus_http.so")):
        (folder / kind).mkdir()
        (folder / kind / name).symlink_to(libraries / kind / name)
    (folder / "none").mkdir()
    (folder / "janus.jcfg").write_text(_MAIN.format(folder=folder))
    (folder / "janus.transport.http.jcfg").write_text(_HTTP.format(port=http_port))
    (folder / "janus.plugin.streaming.jcfg").write_text(
        _STREAMING.format(mountpoint=MOUNTPOINT, port=rtp_port, payload_type=PRIMARY_TYPE)
    )


class RtpFeeder:
    """Plays units over and over as RTP over UDP, in real time."""

    def __init__(self, units: Sequence[AccessUnit], port: int, fps: int = FPS) -> None:
        self._pictures = [packetise(unit.data) for unit in units]
        self._rtp = RtpStream(0x5EED, PRIMARY_TYPE, 1)
        self._address = ("127.0.0.1", port)
        self._fps = fps

    async def play(self) -> None:
        """Send until cancelled."""
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for number in itertools.count():
                payloads = self._pictures[number % len(self._pictures)]
                for packet in _split(self._rtp.picture(payloads, number * 90_000 // self._fps)):
                    out.sendto(packet, self._address)
                due_s += 1 / self._fps
                await asyncio.sleep(max(0.0, due_s - loop.time()))


def _split(framed: bytes) -> list[bytes]:
    """The packets of what is framed for RTSP's own connection."""
    packets, at = [], 0
    while at < len(framed):
        size = int.from_bytes(framed[at + 2 : at + _FRAME_BYTES], "big")
        packets.append(framed[at + _FRAME_BYTES : at + _FRAME_BYTES + size])
        at += _FRAME_BYTES + size
    return packets


def answer_to(offer: str, fingerprint: str, candidate: str) -> str:
    """A light client's answer to Janus's offer of one video section."""
    wanted = ("a=mid:", "a=rtpmap:", "a=fmtp:", "a=group:", "m=video")
    kept = [line for line in offer.split("\r\n") if line.startswith(wanted)]
    group = [line for line in kept if line.startswith("a=group:")]
    media = [line for line in kept if line.startswith("m=")]
    rest = [line for line in kept if line not in group and line not in media]
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", *group, *media, "c=IN IP4 127.0.0.1"]
    lines += ["a=recvonly", "a=rtcp-mux", f"a=ice-ufrag:{UFRAG}", f"a=ice-pwd:{PASSWORD}"]
    lines += [
        f"a=fingerprint:sha-256 {fingerprint}",
        "a=setup:active",
        *rest,
        candidate,
        "a=end-of-candidates",
    ]
    return "\r\n".join(lines) + "\r\n"


class JanusServer(PeerProcess):
    """A Janus with one mountpoint that plays."""

    def __init__(self, folder: Path, units: Sequence[AccessUnit], core: int) -> None:
        super().__init__("Janus", folder / "janus.log", core)
        self._folder = folder
        self._rtp_port = free_port(socket.SOCK_DGRAM)
        self._feeder = RtpFeeder(units, self._rtp_port)
        self._base = f"http://127.0.0.1:{free_port()}/janus"
        self._tasks: list[asyncio.Task[None]] = []
        self._session = 0
        self._offers: dict[int, asyncio.Future[str]] = {}
        self._numbers = itertools.count(1)

    async def join(self, browser: Browser, kind: Kind) -> LightClient:
        """A connected viewer of the mountpoint."""
        attached = await self._ask(f"/{self._session}", janus="attach", plugin="janus.plugin.streaming")
        handle = _number_of(attached, "data", "id")
        self._offers[handle] = asyncio.get_running_loop().create_future()
        place = f"/{self._session}/{handle}"
        await self._ask(place, janus="message", body={"request": "watch", "id": MOUNTPOINT})
        offer = await asyncio.wait_for(self._offers[handle], _EVENT_S)
        client = kind(browser, Place.read(offer), controlled=True)
        answer = {"type": "answer", "sdp": answer_to(offer, browser.fingerprint, client.candidate)}
        await self._ask(place, janus="message", body={"request": "start"}, jsep=answer)
        await client.connect(within_s=60.0)
        return client

    async def _ask(self, place: str, **message: object) -> dict[str, object]:
        message["transaction"] = f"t{next(self._numbers)}"
        answer: dict[str, object] = (await self._http.post(self._base + place, json=message)).json()
        if answer.get("janus") not in ("success", "ack"):
            raise RuntimeError(f"Janus refuses {message.get('janus')}: {answer.get('error', answer)}")
        return answer

    async def _listen(self) -> None:
        """Take the session's events by long polls, and hand each offer to whom it is for."""
        while True:
            answer = await self._http.get(f"{self._base}/{self._session}", params={"maxev": 10})
            events = answer.json()
            for event in events if isinstance(events, list) else [events]:
                offer = event.get("jsep", {}).get("sdp")
                waiting = self._offers.get(event.get("sender", 0))
                if offer is not None and waiting is not None and not waiting.done():
                    waiting.set_result(offer)

    async def _start(self) -> None:
        path = program()
        configure(self._folder, _libraries(), httpx.URL(self._base).port or 0, self._rtp_port)
        self._launch([path, "-F", str(self._folder), "-C", str(self._folder / "janus.jcfg"), "-o"])
        created = await self._once_up(lambda: self._ask("", janus="create"), _START_S)
        self._session = _number_of(created, "data", "id")
        self._tasks = [asyncio.create_task(self._feeder.play()), asyncio.create_task(self._listen())]

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super()._stop()


def _number_of(answer: dict[str, object], *keys: str) -> int:
    found: object = answer
    for key in keys:
        found = found[key] if isinstance(found, dict) else None
    if not isinstance(found, int):
        raise RuntimeError(f"Janus answers without {'.'.join(keys)}: {answer}")
    return found
