"""A person who was filmed asks for their images: the whole system answers with what storage has."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from httpx import codes

from shared.evidence.receipt import read_receipt
from shared.evidence.signature import EvidencePublicKey
from tests.support.client import Json, Person, rfc3339, signed_in
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.recorded import recorded
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

MOTIVE = {"motive": "demande du 21 novembre"}
BOX = {"x": 0.2, "y": 0.2, "w": 0.3, "h": 0.3}


async def _entered(person: Person, camera: str, span: Json) -> str:
    """The path of a new request for a range of a camera."""
    asking = {"person": "J. Petit", "contact": "12 rue de Gand", "identity": "carte vue"}
    received = {"received_at": rfc3339(datetime.now(UTC) - timedelta(minutes=1))}
    made = await person.made("/access-requests", {**asking, **received, **span, "cameras": [camera]})
    return f"/access-requests/{made['id']}"


async def test_a_redacted_copy_that_storage_made_ends_a_request_and_a_false_word_does_not(
    whole: WholeSystem,
) -> None:
    camera = await recorded(whole)
    now = datetime.now(UTC)
    span: Json = {"from": rfc3339(now - timedelta(seconds=30)), "to": rfc3339(now)}
    masks = [{"id": "m-1", "positions": [{"at": span["from"], **BOX}, {"at": span["to"], **BOX}]}]
    async with signed_in(whole.url, "adjointe") as one, signed_in(whole.url, "juriste") as other:
        path = await _entered(one, camera, span)

        async def signed() -> bool:
            return (await one.get("/destructions/standing")).json()["newest"] is not None

        await eventually(signed, within_s=90, what="a head of the register, signed once a minute")
        gone = await one.post(f"{path}/end", {"status": "destroyed", **MOTIVE})
        assert (gone.status_code, gone.json()["why"]["code"]) == (codes.CONFLICT, "access-not-gone")
        copy = f"{path}/copies/{camera}"
        drawn = await one.http.put(copy, json={**span, "masks": masks, **MOTIVE})
        assert drawn.is_success, drawn.text
        ordered = await other.made(f"{copy}/approve", {"version": 1, **MOTIVE})
        export = cast("list[Json]", ordered["copies"])[0]["export"]

        async def done() -> bool:
            return bool((await one.get(f"/exports/{export}")).json()["status"] == "done")

        await eventually(done, within_s=60, what="a redacted copy")
        answer: Json = {"status": "redacted-copy", "packages": [export], "medium": "disque 7", **MOTIVE}
        ended = await one.made(f"{path}/end", answer)
        (handed,) = cast("dict[str, list[dict[str, str]]]", ended["ending"])["handed"]
        package = (await one.get(f"/exports/{export}")).json()
    async with local_client() as client:
        key = (await client.get(f"http://127.0.0.1:{whole.ports.storage}/evidence-key")).content
    told = read_receipt(handed["receipt"].encode(), EvidencePublicKey.from_pem(key))
    assert (told["package_sha256"], told["recipient"]) == (package["sha256"], "J. Petit")
    assert (package["masks"], handed["sha256"]) == (1, package["sha256"])
