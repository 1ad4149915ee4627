"""Receipts: signed where the package is, for its bytes."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.errors import BadInput, Conflict
from shared.evidence.receipt import read_receipt
from shared.evidence.signature import EvidencePublicKey
from shared.messages.desk import HandOver
from shared.messages.storage import ExportOrder
from shared.tickets import Action
from tests.unit.storage.packages import EXPORT, START, exported, for_recipient, order
from tests.unit.storage.workshop import units, workshop

GIVEN = HandOver(EXPORT, "r-1", "PV 118", "60-1", "A. Martin", "OPJ", "Lille", "disc 12", START, "c.dubois")


@pytest.mark.parametrize("wanted", [order, for_recipient])
async def test_a_receipt_names_the_bytes_that_were_handed_over(
    tmp_path: Path, wanted: Callable[[], ExportOrder]
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop, wanted())
        told = read_receipt(
            (await shop.receipts.sign(GIVEN)).encode(), EvidencePublicKey.from_pem(shop.evidence_pem)
        )
        given = await shop.get(f"/exports/{EXPORT}/package", shop.token(Action.DOWNLOAD, f"export:{EXPORT}"))
        assert given.content == package.read_bytes()
        assert told["package_sha256"] == hashlib.sha256(given.content).hexdigest()
        assert told["package_bytes"] == len(given.content)
        assert (told["recipient"], told["capacity"]) == ("A. Martin", "OPJ")


async def test_nothing_is_signed_for_a_package_that_is_not_there(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.jobs.order(order())
        with pytest.raises(Conflict):
            await shop.receipts.sign(GIVEN)


async def test_nobody_signs_for_nobody(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        nobody = HandOver(EXPORT, "r-1", "PV 118", "60-1", " ", "OPJ", "Lille", "disc 12", START, "c.dubois")
        with pytest.raises(BadInput):
            await shop.receipts.sign(nobody)
