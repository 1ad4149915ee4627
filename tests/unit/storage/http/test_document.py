"""What the document of storage tells, and to whom."""

import json
from pathlib import Path

from shared.messages.storage import ClockConfirmed, ExportOrder, ExportProgress, HoldOrder, HoldPlaced
from storage.openapi import described
from tests.unit.storage.workshop import workshop


async def test_the_document_is_no_route(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert (await shop.get("/openapi.json", None)).status_code == 404


def test_the_document_is_the_same_for_the_same_code_and_tells_of_every_message() -> None:
    told = json.dumps(described())
    assert told == json.dumps(described())
    for message in (ExportOrder, HoldOrder, ClockConfirmed, ExportProgress, HoldPlaced):
        assert f"#/components/schemas/{message.__name__}" in told
