"""A mux, cameras and a browser with a bad network between."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import Browser, Page

from shared.ids import StreamId
from shared.units import AccessUnit
from tests.integration.mux.page import chromium, open_page, served
from tests.integration.mux.receiving import BROWSER
from tests.integration.mux.rig import ORIGIN, PAGE_PORT, Camera, Mux, playing, running_mux
from tests.support.light_client import LightClient
from tests.support.light_sdp import Place
from tests.support.light_sdp import offer as offer_of
from tests.support.pictures import STREAM
from tests.support.ports import free_port
from tests.support.relay import Link, Relay, relay, through

GOOD = Link()


@dataclass(frozen=True, slots=True)
class BadNetwork:
    """What is on mux's side of the network, and the network."""

    mux: Mux
    cameras: tuple[Camera, ...]
    network: Relay

    async def page(self, browser: Browser) -> Page:
        """A page whose media goes through the network."""
        page = await open_page(browser, ORIGIN)
        host, port = self.network.address
        await page.evaluate("place => { window.relay = place; }", f"{host} {port}")
        return page

    @asynccontextmanager
    async def light_client(self, stream: StreamId = STREAM) -> AsyncIterator[LightClient]:
        """A light client behind the network that keeps what it gets."""
        answer = await self.mux.ask(offer_of(BROWSER.fingerprint), stream=stream)
        assert answer.status_code == 201, answer.text
        server = "127.0.0.1", self.mux.settings.udp_port
        client = LightClient(
            BROWSER, Place.read(through(answer.text, server, self.network.address)), keep=True
        )
        try:
            await client.connect()
            yield client
        finally:
            client.close()


@asynccontextmanager
async def bad_network(
    folder: Path,
    *shown: Sequence[AccessUnit],
    up: Link = GOOD,
    down: Link = GOOD,
    head_start: int = 20,
    seed: int = 1,
) -> AsyncIterator[BadNetwork]:
    """One camera for each list of units, `head_start` units into its stream."""
    async with AsyncExitStack() as stack:
        mux = await stack.enter_async_context(running_mux(folder, udp_port=free_port()))
        cameras = tuple(Camera(units, mux.tap_port) for units in shown)
        for camera in cameras:
            await stack.enter_async_context(playing(camera, head_start=head_start))
        server = "127.0.0.1", mux.settings.udp_port
        network = await stack.enter_async_context(relay(server, up=up, down=down, seed=seed))
        yield BadNetwork(mux, cameras, network)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A Chromium, and the page it may open."""
    async with served(PAGE_PORT), chromium() as browser:
        yield browser


def as_stream(units: Sequence[AccessUnit], stream: StreamId) -> list[AccessUnit]:
    """The same pictures as another stream's."""
    return [replace(unit, stream=stream) for unit in units]


def padded(units: Sequence[AccessUnit], *, key_bytes: int = 0, other_bytes: int = 0) -> list[AccessUnit]:
    """The same pictures in more bytes: an SEI of user data stands before the slices of each."""
    return [
        replace(unit, data=_with_sei(unit.data, (key_bytes if unit.key else other_bytes) - len(unit.data)))
        for unit in units
    ]


def _with_sei(data: bytes, more: int) -> bytes:
    """An access unit (Annex B) with about `more` bytes of user_data_unregistered before its last NAL unit."""
    if more <= 0:
        return data
    body = bytes(16).replace(b"\0", b"\x5a") + b"\x55" * more
    size = b"\xff" * (len(body) // 255) + bytes((len(body) % 255,))
    sei = b"\0\0\0\1\x06\x05" + size + body + b"\x80"
    last = data.rindex(b"\0\0\0\1") if b"\0\0\0\1" in data else data.rindex(b"\0\0\1")
    return data[:last] + sei + data[last:]
