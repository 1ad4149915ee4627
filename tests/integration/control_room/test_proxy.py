"""By which network address somebody behind a reverse proxy is known."""

from pathlib import Path

import pytest

from tests.integration.control_room.running import running
from tests.support.valkey import Valkey


@pytest.mark.parametrize(
    ("trusted", "known_as"),
    [("127.0.0.1", "198.51.100.7"), ("192.0.2.1", "127.0.0.1")],
    ids=["the proxy is trusted", "another proxy is trusted"],
)
async def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only(
    trusted: str, known_as: str, tmp_path: Path, valkey: Valkey
) -> None:
    async with running(tmp_path, valkey.url, trusted_proxies=trusted) as room, room.browser() as browser:
        browser.headers["x-forwarded-for"] = "198.51.100.7"
        assert (await room.sign_in(browser)).status_code == 200
        entries = (await browser.get("/journal")).json()["items"]
    assert entries[0]["client"] == known_as
