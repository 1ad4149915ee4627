"""The register of captures and destructions: nothing is left out, whatever fails between two steps."""

from pathlib import Path

import pytest

from shared.errors import Conflict, NotFound, Unavailable
from shared.evidence.gone import Gone, Question, ask
from shared.evidence.ledger import SignedHead
from shared.evidence.ledger_news import LedgerUpdate
from shared.evidence.signature import EvidencePublicKey
from shared.spans import Span
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.hands import HandWitness
from tests.unit.storage.workshop import Workshop, pem_pair, units, workshop

SPAN = Span(START_NS, START_NS + 8_000_000_000)
DAY_S = 86_400


async def entered(shop: Workshop) -> None:
    await shop.ledger.seal()
    await shop.ledger.tell()


async def grown_old(shop: Workshop, days: int = 31) -> None:
    """Time passes, and what is due is destroyed."""
    await shop.clock.advance(days * DAY_S)
    await shop.retention.run_once()


async def answer(shop: Workshop, span: Span = SPAN) -> Gone:
    proof = await shop.archive.proofs.destruction(STREAM, span)
    return ask(proof.written(), shop.evidence_pem, Question(str(STREAM), span)).found


def told(witness: HandWitness) -> list[LedgerUpdate]:
    return [one for kept in witness.kept.values() for one in kept]


async def test_what_was_captured_is_proven_present_and_then_gone(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(200))
        await shop.clock.advance(3 * 3600)
        await entered(shop)
        assert await answer(shop) is Gone.STILL_PRESENT
        await grown_old(shop)
        assert shop.objects() == []
        await entered(shop)
        assert await answer(shop) is Gone.GONE
        kept = told(shop.witness)
        captures = [one for update in kept for news in update.news for one in news.captures]
        ends = [one for update in kept for news in update.news for one in news.ends]
        assert [end.number for end in ends] == list(range(len(captures)))
        key = EvidencePublicKey.from_pem(shop.evidence_pem)
        heads = [SignedHead(one.document, one.signature) for one in kept]
        assert all(head.is_signed_with(key) for head in heads)
        assert [head.read().previous for head in heads[1:]] == [head.digest for head in heads[:-1]]


async def test_a_segment_is_proven_by_itself_for_a_manifest(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(400))
        await shop.ledger.seal()
        for row in await shop.rows.everything():
            proof = await shop.archive.proofs.proof_of(row.key)
            assert proof.capture.sha256 == row.sha256
            assert proof.fault(EvidencePublicKey.from_pem(shop.evidence_pem)) is None


async def test_nothing_is_sealed_twice_and_a_minute_without_news_makes_no_head(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(200))
        assert await shop.ledger.seal() == len(await shop.rows.everything())
        assert await shop.ledger.seal() == 0
        await shop.ledger.tell()
        await shop.ledger.tell()
        assert len(told(shop.witness)) == 1


async def test_heads_wait_in_order_while_control_room_is_away(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        shop.witness.away = True
        await shop.record_all(units(200))
        await shop.ledger.seal()
        await grown_old(shop)
        await shop.ledger.seal()
        with pytest.raises(Unavailable):
            await shop.ledger.tell()
        shop.witness.away = False
        await shop.ledger.tell()
        numbers = [SignedHead(one.document, one.signature).read().number for one in told(shop.witness)]
        assert numbers == [1, 2]


async def test_an_object_removed_before_a_crash_is_entered_by_the_next_run_once(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        keys = shop.objects()
        await shop.clock.advance(31 * DAY_S)
        await shop.dues.condemn(shop.clock.utc_ns())
        # The crash: after the object, before row and line.
        for key in keys:
            shop.places.store.remove(key)
        assert await shop.ledger.seal() == len(keys)
        await shop.retention.run_once()
        await shop.retention.run_once()
        await entered(shop)
        ends = [one for update in told(shop.witness) for news in update.news for one in news.ends]
        assert sorted(end.number for end in ends) == list(range(len(keys)))


async def test_a_crash_before_the_note_or_before_control_room_repeats_the_step(tmp_path: Path) -> None:
    evidence = pem_pair()
    async with workshop(tmp_path, evidence=evidence) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        # The crash: the head is in the index, and nowhere else.
        assert await shop.archive.ledger.seal(shop.ledger._sign)
    async with workshop(tmp_path, evidence=evidence, witness=shop.witness) as shop:
        await entered(shop)
        await entered(shop)
        assert len(told(shop.witness)) == 1


async def test_a_lost_index_comes_back_with_what_was_destroyed(tmp_path: Path) -> None:
    evidence = pem_pair()
    async with workshop(tmp_path, evidence=evidence) as shop:
        await shop.ledger.start()
        await shop.record_all(units(200))
        await entered(shop)
        await grown_old(shop)
        await shop.record_all(units(200, start_ns=shop.clock.utc_ns()))
        await shop.clock.advance(4 * 3600)
        await entered(shop)
        before = await shop.archive.proofs.destruction(STREAM, SPAN)
        now_ns = shop.clock.utc_ns()
    for file in tmp_path.glob("index.db*"):
        file.unlink()
    witness = shop.witness
    async with workshop(tmp_path, evidence=evidence, utc_ns=now_ns, witness=witness, nonce="bbbb") as shop:
        with pytest.raises(Conflict, match="reindex"):
            await shop.ledger.seal()
        await shop.reindex()
        await shop.ledger.seal()
        await shop.ledger.tell()
        assert (await shop.archive.proofs.destruction(STREAM, SPAN)).shown == before.shown
        assert await answer(shop) is Gone.GONE
        assert len(witness.kept) == 1


async def test_an_older_index_signs_nothing_until_it_was_made_again(tmp_path: Path) -> None:
    evidence = pem_pair()
    async with workshop(tmp_path, evidence=evidence) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        await entered(shop)
    saved = {file: file.read_bytes() for file in tmp_path.glob("index.db*")}
    async with workshop(tmp_path, evidence=evidence, witness=shop.witness, nonce="bbbb") as shop:
        await shop.record_all(units(100, start_ns=START_NS + 60_000_000_000))
        await entered(shop)
    for file in tmp_path.glob("index.db*"):
        file.unlink()
    for file, data in saved.items():
        file.write_bytes(data)
    async with workshop(tmp_path, evidence=evidence, witness=shop.witness, nonce="cccc") as shop:
        await shop.record_all(units(100, start_ns=START_NS + 120_000_000_000))
        with pytest.raises(Conflict, match="older"):
            await shop.ledger.seal()
        await shop.reindex()
        await entered(shop)
        captured = {one.key for update in told(shop.witness) for news in update.news for one in news.captures}
        assert captured == set(shop.objects())


async def test_what_lost_its_file_is_entered_as_lost_and_not_as_destroyed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        await entered(shop)
        key = shop.objects()[0]
        shop.places.store.remove(key)
        await shop.reindex()
        await shop.reindex()
        await entered(shop)
        ends = [one for update in told(shop.witness) for news in update.news for one in news.ends]
        assert [(end.number, end.ground) for end in ends] == [(0, "lost")]


async def test_an_object_that_came_back_from_a_copy_is_present_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        key = shop.objects()[0]
        data = shop.object_file(key).read_bytes()
        await shop.ledger.seal()
        await grown_old(shop)
        await shop.ledger.seal()
        assert await answer(shop) is Gone.GONE
        shop.object_file(key).parent.mkdir(parents=True, exist_ok=True)
        shop.object_file(key).write_bytes(data)
        await shop.reindex()
        await shop.ledger.seal()
        assert await answer(shop) is Gone.STILL_PRESENT


async def test_what_was_recorded_before_there_was_a_register_is_entered_when_it_dies(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        await shop.archive.ledger.end()
        await shop.clock.advance(3600)
        await shop.ledger.start()
        await grown_old(shop)
        await shop.ledger.seal()
        proof = await shop.archive.proofs.destruction(STREAM, SPAN)
        assert [len(one.captures or ()) for one in proof.shown] == [2]
        # Nobody can say that there was nothing else.
        assert await answer(shop) is Gone.COVERED_IN_PART


async def test_single_leaves_are_forgotten_once_their_day_is_gone_and_old(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        await grown_old(shop)
        await shop.ledger.seal()
        assert await shop.archive.ledger.thin("20000101") is None
        assert await shop.archive.ledger.thin("99991231") is not None
        assert await shop.archive.ledger.thin("99991231") is None
        proof = await shop.archive.proofs.destruction(STREAM, SPAN)
        assert [one.captures for one in proof.shown] == [None]
        assert await answer(shop) is Gone.GONE


async def test_a_day_of_which_anything_is_left_is_not_thinned(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        await shop.ledger.seal()
        assert await shop.archive.ledger.thin("99991231") is None


async def test_a_new_evidence_key_begins_another_register_with_what_there_is(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        await entered(shop)
        await grown_old(shop)
        await entered(shop)
        await shop.record_all(units(100, start_ns=shop.clock.utc_ns()))
        await entered(shop)
        now_ns, objects = shop.clock.utc_ns(), shop.objects()
    async with workshop(tmp_path, utc_ns=now_ns, witness=shop.witness, nonce="bbbb") as shop:
        await entered(shop)
        await entered(shop)
        assert len(shop.witness.kept) == 2
        newest = list(shop.witness.kept.values())[-1]
        assert [one.key for update in newest for news in update.news for one in news.captures] == objects
        assert await answer(shop) is Gone.COVERED_IN_PART


async def test_a_note_that_cannot_be_read_begins_another_register(tmp_path: Path) -> None:
    evidence = pem_pair()
    async with workshop(tmp_path, evidence=evidence) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        await entered(shop)
        objects = shop.objects()
    for file in tmp_path.glob("index.db*"):
        file.unlink()
    [note] = (tmp_path / "objects").glob(".ledger-*/*")
    note.write_bytes(note.read_bytes()[:-20])
    async with workshop(tmp_path, evidence=evidence, nonce="bbbb") as shop:
        await shop.reindex()
        await entered(shop)
        [kept] = shop.witness.kept.values()
        assert [one.key for one in kept[0].news[0].captures] == objects


async def test_a_proof_is_about_the_newest_head_also_right_after_another(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(200))
        first = shop.objects()[0]
        with pytest.raises(NotFound):
            await shop.archive.proofs.proof_of(first)
        await shop.ledger.seal()
        before = await shop.archive.proofs.proof_of(first)
        assert (await shop.archive.proofs.proof_of(first)).head == before.head
        await shop.record_all(units(200, start_ns=START_NS + 60_000_000_000))
        await shop.ledger.seal()
        after = await shop.archive.proofs.proof_of(first)
        assert (before.head.read().number, after.head.read().number) == (1, 2)
        key = EvidencePublicKey.from_pem(shop.evidence_pem)
        assert [one.fault(key) for one in (before, after)] == [None, None]
        for stranger in ("nothing.mp4", first.replace("cam-test", "cam-none"), f"{first}.mp4"):
            with pytest.raises(NotFound):
                await shop.archive.proofs.proof_of(stranger)


async def test_what_a_full_spool_gave_up_is_not_called_due(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(100))
        async with shop.database.write() as connection:
            await connection.exec_driver_sql("UPDATE segments SET state = 'garbage', due_ns = NULL")
        await shop.retention.run_once()
        await entered(shop)
        ends = [one for update in told(shop.witness) for news in update.news for one in news.ends]
        assert {end.ground for end in ends} == {"room"}
        assert shop.objects() == []
