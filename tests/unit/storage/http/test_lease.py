"""Leases come by HTTP."""

from pathlib import Path

from shared.leases import MAX_LEASE_CHARS
from tests.unit.storage.workshop import workshop


async def test_a_lease_is_its_own_credential_and_no_other_text_is(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert not shop.leases.confirmed
        assert (await shop.http.put("/lease", content="nonsense")).status_code in (400, 401, 403)
        assert not shop.leases.confirmed
        assert (await shop.http.put("/lease", content=shop.lessor.lease())).status_code == 204
        assert shop.leases.confirmed


async def test_a_lease_larger_than_one_can_be_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.http.put("/lease", content="x" * (MAX_LEASE_CHARS + 1))
    assert answer.status_code == 413
