"""What whoever opens a package reads first."""

import zipfile
from pathlib import Path

from shared.evidence.manifest import READ_ME
from tests.support.programs import needs
from tests.unit.storage.packages import (
    exported,
    said,
)
from tests.unit.storage.workshop import units, workshop


async def test_the_leaflet_speaks_french_first(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            text = archive.read(READ_ME).decode()
    assert 0 < text.index("Vérifier") < text.index("Verify")


@needs("openssl")
async def test_openssl_verifies_the_signature_as_the_leaflet_says(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            archive.extractall(tmp_path)
        (tmp_path / "key.pem").write_bytes(shop.evidence_pem)
    told = said(
        "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig",
        tmp_path,
    )
    assert told[0] == 0
