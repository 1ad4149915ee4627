"""The edge's own register: its key is made once, and what is told of it is kept beside the objects."""

from pathlib import Path

import pytest

from shared.errors import Unavailable
from storage.edge.register import kept_here, register_key
from storage.lifecycle.ledger import Ledger, LedgerParts
from storage.metrics import LedgerMetrics
from tests.unit.storage.workshop import units, workshop


def test_the_key_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "register.pem"
    assert register_key(file).public.fingerprint == register_key(file).public.fingerprint
    with pytest.raises(Unavailable):
        register_key(tmp_path / "no-folder" / "register.pem")


async def test_captures_and_ends_at_the_edge_are_sealed_and_nothing_of_them_waits(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        parts = LedgerParts(
            shop.archive.ledger, shop.archive.ledger_notes, register_key(tmp_path / "r.pem"), lambda: "e" * 32
        )
        ledger = Ledger(parts, shop.clock, LedgerMetrics(), kept_here, keep_days=120)
        assert await ledger.seal() == len(shop.objects())
        await ledger.tell()
        assert await shop.archive.ledger.waiting() == 0
