"""A worker as a witness: it takes heads of a journal that only grows, and tells of any other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.journal_witness import JournalWitness, Kept, grown
from shared.clock import SimulatedClock
from shared.errors import BadInput
from shared.evidence.journal_chain import Line
from shared.evidence.journal_head import SignedJournalHead, WitnessedJournal, journal_leaf
from shared.messages.codec import encode
from shared.messages.ingest import JournalNews
from tests.unit.shared.evidence.journals import KEY, OTHER_KEY, chained, head_of, tree_of

WORDS = [f"watch {number}" for number in range(12)]
LINES = chained(WORDS)


def news(lines: Sequence[Line], head: SignedJournalHead, size: int | None) -> JournalNews:
    """What an honest control_room tells, whose journal is `lines` up to the head."""
    pem = KEY.public.pem().decode()
    if size is None or size > len(lines):
        return JournalNews(head.document, head.signature, pem, known=False)
    packed = tree_of(lines[:size]).packed()
    peaks = tuple(packed[at : at + 32].hex() for at in range(0, len(packed), 32))
    leaves = tuple(journal_leaf(line.hash).hex() for line in lines[size:])
    return JournalNews(head.document, head.signature, pem, known=True, peaks=peaks, leaves=leaves)


def kept_at(size: int) -> Kept:
    return Kept(head_of(LINES[:size], size + 1), KEY.public.pem().decode())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12), st.integers(0, 12))
def test_a_journal_that_grew_is_taken_from_any_size_to_any_larger(first: int, second: int) -> None:
    small, large = sorted((first, second))
    head = head_of(LINES[:large], large + 2)
    taken = grown(kept_at(small), news(LINES[:large], head, small))
    assert taken.signed == head


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 11), st.data())
def test_a_journal_that_was_rewritten_before_the_kept_head_is_refused(size: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, size - 1))
    forged = chained([*WORDS[:at], "nothing", *WORDS[at + 1 :]])
    told = news(forged, head_of(forged, 99), size)
    with pytest.raises(BadInput, match="are not those of head"):
        grown(kept_at(size), told)
    # With the true way to the kept head the rest does not come out.
    honest = news(LINES, head_of(LINES, 99), size)
    with pytest.raises(BadInput, match="is not of the"):
        grown(kept_at(size), replace(told, peaks=honest.peaks, leaves=honest.leaves))


def test_the_first_head_is_taken_if_it_is_signed() -> None:
    head = head_of(LINES)
    assert grown(None, news(LINES, head, None)).signed == head
    with pytest.raises(BadInput, match="is not signed"):
        grown(None, news(LINES, head_of(LINES, key=OTHER_KEY), None))


def test_a_shorter_an_older_or_another_journal_is_refused() -> None:
    kept = kept_at(6)
    for head, words in (
        (head_of(LINES[:5], 99), "behind head"),
        (head_of(LINES[:7], 3), "behind head"),
        (head_of(LINES, 99, journal="jrn-2"), "another journal"),
        (head_of(LINES, 99, OTHER_KEY), "not signed with the key of the first"),
    ):
        with pytest.raises(BadInput, match=words):
            grown(kept, news(LINES, head, 6))


def test_a_journal_that_forgot_the_kept_head_is_refused() -> None:
    with pytest.raises(BadInput, match="does not know the head"):
        grown(kept_at(6), replace(news(LINES, head_of(LINES, 99), 6), known=False))


@dataclass
class Room:
    """control_room as a worker sees it."""

    lines: list[Line]
    number: int = 1
    status: int = 200
    asked: list[int | None] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        size = request.url.params.get("size")
        self.asked.append(None if size is None else int(size))
        head = head_of(self.lines, self.number)
        told = news(self.lines, head, None if size is None else int(size))
        return httpx.Response(self.status, content=encode(told) if self.status == 200 else b"")


def witness(room: Room, folder: Path) -> JournalWitness:
    client = httpx.AsyncClient(base_url="http://control.test", transport=httpx.MockTransport(room))
    return JournalWitness(client, folder, SimulatedClock())


async def test_heads_are_kept_over_a_restart_and_a_rewritten_journal_is_told_by_the_next(
    tmp_path: Path,
) -> None:
    room = Room(LINES[:4])
    await witness(room, tmp_path).round()
    room.lines, room.number = LINES[:9], 2
    again = witness(room, tmp_path)
    await again.round()
    assert again.trouble is None
    kept = (tmp_path / "journal-head").read_bytes()
    assert json.loads(kept)["document"] == head_of(LINES[:9], 2).document
    room.lines, room.number = chained(["nothing", *WORDS[1:]]), 3
    await again.round()
    assert again.trouble is not None
    assert (tmp_path / "journal-head").read_bytes() == kept
    hourly = WitnessedJournal.read((tmp_path / "journal-heads.jsonl").read_bytes().split(b"\n"))
    assert [head.read().number for head in hourly.heads] == [1, 2]


async def test_a_control_room_that_does_not_answer_is_no_trouble_and_one_without_its_head_is(
    tmp_path: Path,
) -> None:
    room = Room(LINES, status=503)
    asking = witness(room, tmp_path)
    await asking.round()
    room.status = 404
    await asking.round()
    assert asking.trouble is None, "an older control_room signs no journal"
    room.status = 200
    await asking.round()
    room.status = 404
    await asking.round()
    assert asking.trouble is not None


async def test_a_head_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    asking = witness(Room(LINES), folder)
    await asking.round()
    assert "cannot be kept" in (asking.trouble or "")
