"""A wall on real sockets that costs little: one peer, many tiles, what came sorted by tile.

`wall` lets it in and connects it; `rtp(mid)` are then a tile's packets, and `put`, `report` and `restart_ice`
are what a page does.
"""

import asyncio
import re
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import httpx

from tests.support.http import local_client
from tests.support.light_client import REPORT_S, Browser, LightClient
from tests.support.light_sdp import Place
from tests.support.light_sdp import offer as offer_of_one

Json = dict[str, object]
_SECTION = re.compile(r"(?=^m=)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """The sources of one tile, as the answer names them."""

    mid: str
    primary: int
    repair: int | None


def wall_offer(fingerprint: str, tiles: int, *, rtx: bool = True, h265: bool = False) -> str:
    """An offer of `tiles` sections to receive video, with the mids "0", "1", …"""
    one = offer_of_one(fingerprint, rtx=rtx)
    if h265:
        one = one.replace("SAVPF 102", "SAVPF 110 102")
        one += "a=rtpmap:110 H265/90000\r\na=fmtp:110 level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST\r\n"
    head, section = _SECTION.split(one.replace("\r\n", "\n"), maxsplit=1)
    mids = " ".join(str(number) for number in range(tiles))
    sections = [section.replace("a=mid:0", f"a=mid:{number}") for number in range(tiles)]
    return (head.replace("BUNDLE 0", f"BUNDLE {mids}") + "".join(sections)).replace("\n", "\r\n")


def sources_of(answer: str) -> tuple[Source, ...]:
    """The sources of each section of an answer that sends."""
    found = []
    for section in _SECTION.split(answer.replace("\r\n", "\n"))[1:]:
        mid = re.search(r"^a=mid:(\S+)", section, re.MULTILINE)
        primary = re.search(r"^a=ssrc:(\d+)", section, re.MULTILINE)
        group = re.search(r"^a=ssrc-group:FID \d+ (\d+)", section, re.MULTILINE)
        if mid and primary:
            found.append(Source(mid[1], int(primary[1]), int(group[1]) if group else None))
    return tuple(found)


class Wall(LightClient):
    """A light client with many tiles. It reports on every source, and keeps every packet, or none."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        location: str,
        etag: str,
        answer: str,
        browser: Browser,
        *,
        lose: Callable[[bytes], bool] | None = None,
        keep: bool = True,
    ) -> None:
        super().__init__(browser, Place.read(answer), keep=keep, lose=lose)
        self.http = http
        self.location = location
        self.etag = etag
        self.answer = answer
        self.tiles = {source.mid: source for source in sources_of(answer)}

    def rtp(self, mid: str) -> list[bytes]:
        """The packets of a tile's pictures, first time sent, in order of arrival."""
        wanted = self.tiles[mid].primary.to_bytes(4, "big")
        return [packet for packet in self.received.rtp if packet[8:12] == wanted]

    def pictures(self, mid: str) -> int:
        """How many pictures of a tile have come, by their timestamps."""
        return len({packet[4:8] for packet in self.rtp(mid)})

    async def put(self, ticket: str, tiles: Sequence[Json]) -> httpx.Response:
        """Give tiles other cameras or sizes."""
        headers = {"Authorization": f"Bearer {ticket}"}
        return await self.http.put(f"{self.location}/tiles", json={"tiles": list(tiles)}, headers=headers)

    async def report(self, *tiles: Json) -> httpx.Response:
        """Send what a page counts."""
        return await self.http.post(f"{self.location}/report", json={"tiles": list(tiles)})

    async def standing(self) -> Json:
        """The state that a report is answered with."""
        answer = await self.report()
        assert answer.status_code == 200, answer.text
        return cast("Json", answer.json())

    async def standing_of(self, mid: str) -> Json:
        """That of one tile."""
        tiles = cast("list[Json]", (await self.standing())["tiles"])
        return next(tile for tile in tiles if tile["mid"] == mid)

    async def restart_ice(self, *, if_match: str = "*") -> httpx.Response:
        """PATCH a new ICE session of ours in; checks are sent in the server's new one from now on."""
        fragment = "a=ice-ufrag:light2\r\na=ice-pwd:light2light2light2light2\r\n"
        answer = await self.http.patch(
            self.location,
            content=fragment,
            headers={"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": if_match},
        )
        if answer.status_code == 200:
            found = dict(re.findall(r"^a=ice-(ufrag|pwd):(\S+)", answer.text, re.MULTILINE))
            place = self.place
            self.place = Place(place.address, found["ufrag"], found["pwd"], place.primary, place.repair)
            self.etag = answer.headers["etag"]
        return answer

    async def _keep_reporting(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            assert self._outbound is not None
            blocks = [struct.pack(">IIIIII", source.primary, 0, 0, 0, 0, 0) for source in self.tiles.values()]
            # A report has room for 31 sources (RFC 3550 section 6.4.2).
            for start in range(0, len(blocks), 31):
                part = blocks[start : start + 31]
                head = struct.pack(">BBHI", 0x80 | len(part), 201, 1 + 6 * len(part), 1)
                self.send(self._outbound.protect_rtcp(head + b"".join(part)))


@asynccontextmanager
async def wall(
    base: str,
    ticket: str,
    tiles: int,
    browser: Browser,
    *,
    lose: Callable[[bytes], bool] | None = None,
    keep: bool = True,
) -> AsyncIterator[Wall]:
    """A connected wall of `tiles` sections at the mux of `base`."""
    async with local_client(base_url=base, timeout=15) as http:
        answer = await http.post(
            "/wall",
            content=wall_offer(browser.fingerprint, tiles),
            headers={"Content-Type": "application/sdp", "Authorization": f"Bearer {ticket}"},
        )
        assert answer.status_code == 201, answer.text
        location, etag = answer.headers["location"], answer.headers["etag"]
        client = Wall(http, location, etag, answer.text, browser, lose=lose, keep=keep)
        try:
            await client.connect()
            yield client
        finally:
            client.close()
