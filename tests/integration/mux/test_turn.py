"""A browser that reaches mux through a TURN server only, as behind a firewall that lets no UDP out."""

import asyncio
import base64
import hashlib
import hmac
from pathlib import Path
from time import time

import pytest

from mux.transport.udp import resolve_host
from tests.integration.mux.page import CHROMIUM, play
from tests.integration.mux.test_chromium import decodes_more, page_on
from tests.support.pictures import units
from tests.support.programs import needs
from tests.support.turn import SECRET, coturn

pytestmark = [
    pytest.mark.slow,
    needs("turnserver"),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]

# The relay's address in use, by the browser's own account.
_RELAYED = """async () => {
  const found = await pc.getStats();
  const pair = [...found.values()].find(item => item.type === 'candidate-pair' && item.nominated);
  return pair ? found.get(pair.localCandidateId).candidateType : null;
}"""


async def test_chromium_shows_a_stream_through_a_turn_server(tmp_path: Path) -> None:
    host = resolve_host("auto")
    user = f"{int(time()) + 60}:visitor"
    password = base64.b64encode(hmac.new(SECRET.encode(), user.encode(), hashlib.sha1).digest()).decode()
    async with (
        coturn(tmp_path, host) as port,
        page_on(tmp_path, units(50), head_start=10, udp_host=host) as (mux, _, page),
    ):
        servers = [{"urls": f"turn:{host}:{port}?transport=tcp", "username": user, "credential": password}]
        more = {"iceServers": servers, "iceTransportPolicy": "relay"}
        first = await asyncio.wait_for(play(page, mux.url(), mux.ticket(), more), 20)
        assert (first["width"], first["height"]) == (320, 240)
        await decodes_more(page)
        assert await page.evaluate(_RELAYED) == "relay"
