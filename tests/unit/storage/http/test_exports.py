"""Packages over HTTP: in ranges, to holders of a ticket for this very one."""

from pathlib import Path

import pytest

from shared.tickets import Action
from tests.unit.storage.packages import (
    EXPORT,
    exported,
    order,
)
from tests.unit.storage.workshop import units, workshop


async def test_a_package_comes_in_ranges(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        answer = await shop.http.get(
            f"/exports/{EXPORT}/package", params={"ticket": token}, headers={"range": "bytes=10-19"}
        )
    assert (answer.status_code, answer.content) == (206, package.read_bytes()[10:20])


async def test_a_package_is_an_attachment(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop)
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        answer = await shop.get(f"/exports/{EXPORT}/package", token)
    assert answer.headers["content-disposition"] == f'attachment; filename="beffroi-export-{EXPORT}.zip"'


@pytest.mark.parametrize("action", [Action.STATUS, Action.EXPORT, Action.PLAYBACK])
async def test_only_a_download_ticket_downloads(tmp_path: Path, action: Action) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(f"/exports/{EXPORT}/package", shop.token(action, f"export:{EXPORT}"))
    assert answer.status_code == 403


async def test_an_unmade_package_is_a_conflict(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.jobs.order(order())
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        assert (await shop.get(f"/exports/{EXPORT}/package", token)).status_code == 409


async def test_an_unknown_export_is_not_found(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.STATUS, "export:x-none")
        assert (await shop.get("/exports/x-none", token)).status_code == 404


async def test_the_evidence_key_is_public(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert (await shop.get("/evidence-key", None)).content == shop.evidence_pem
