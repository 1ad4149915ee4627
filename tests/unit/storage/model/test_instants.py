"""Instants as texts."""

from datetime import datetime

from tests.support.pictures import START_NS
from tests.unit.storage.playing import at


async def test_instants_on_http_are_rfc_3339() -> None:
    assert datetime.fromisoformat(at(0)).timestamp() == START_NS / 1e9
