"""Proofs of destruction, as control_room fetches them."""

from pathlib import Path

from shared.evidence.destruction_proof import DestructionProof
from shared.tickets import Action
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, units, workshop

RANGE = {"from": "2025-11-21T00:00:00Z", "to": "2025-11-22T00:00:00Z"}


async def status(shop: Workshop, token: str | None, **query: str) -> int:
    return (await shop.get(f"/proofs/{STREAM}", token, **query)).status_code


async def test_a_proof_is_for_whoever_has_a_ticket_for_this_very_stream(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PROOF, f"proof:{STREAM}")
        assert await status(shop, token, **RANGE) == 404
        await shop.record_all(units(100))
        await shop.ledger.seal()
        answer = await shop.get(f"/proofs/{STREAM}", token, **RANGE)
        assert answer.status_code == 200
        proof = DestructionProof.read(answer.content)
        assert proof.stream == str(STREAM)
        assert sum(len(one.captures or ()) for one in proof.shown) == len(shop.objects())
        assert proof.span.start_ns <= START_NS < proof.span.end_ns
        assert await status(shop, None, **RANGE) == 401
        assert await status(shop, shop.token(Action.PROOF, "proof:59350/cam-x/main"), **RANGE) == 403
        assert await status(shop, shop.token(Action.STATUS, f"proof:{STREAM}"), **RANGE) == 403


async def test_a_range_that_is_none_or_too_long_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PROOF, f"proof:{STREAM}")
        assert await status(shop, token, **{"from": RANGE["to"], "to": RANGE["from"]}) == 400
        assert await status(shop, token, **{"from": "2025-01-01T00:00:00Z", "to": RANGE["to"]}) == 400
        assert await status(shop, token, **{"from": "now", "to": RANGE["to"]}) == 400
