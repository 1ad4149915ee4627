"""The journal's chain: whatever is done to it shows."""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from control_room.model.chain import GENESIS, entry_hash, follow, line_of
from control_room.model.journal import AuditAction, AuditEvent, JournalEntry, Outcome
from shared.evidence.journal_chain import JournalChain
from shared.reasons import why

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def journal(count: int) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for number in range(1, count + 1):
        event = AuditEvent(
            AuditAction.LIVE, Outcome.GRANTED, who="p-1", camera=f"cam-{number}", motive="watch"
        )
        previous = entries[-1].hash if entries else GENESIS
        entries.append(follow(number, START + timedelta(seconds=number), event, previous))
    return entries


def verified(entries: list[JournalEntry], seq: int, head: str) -> int | None:
    """The first entry that does not fit."""
    chain = JournalChain()
    chain.add(map(line_of, entries))
    fault = chain.end(seq, head)
    return None if fault is None else fault.entry


@given(st.integers(0, 12))
def test_an_untouched_journal_is_intact(count: int) -> None:
    entries = journal(count)
    head = entries[-1].hash if entries else GENESIS
    assert verified(entries, count, head) is None


@given(st.integers(1, 8), st.data())
def test_any_altered_entry_is_found_where_it_is(count: int, data: st.DataObject) -> None:
    entries = journal(count)
    head = entries[-1].hash
    at = data.draw(st.integers(0, count - 1))
    field = data.draw(st.sampled_from(["who", "login", "camera", "motive", "detail", "action", "client"]))
    altered = asdict(entries[at].event) | {field: "something else"}
    entries[at] = replace(entries[at], event=AuditEvent(**altered))
    assert verified(entries, count, head) == at + 1


@given(st.integers(2, 8), st.data())
def test_a_removed_entry_is_found_also_at_the_end(count: int, data: st.DataObject) -> None:
    entries = journal(count)
    head = entries[-1].hash
    at = data.draw(st.integers(0, count - 1))
    del entries[at]
    assert verified(entries, count, head) == at + 1


def test_an_altered_entry_with_its_hash_made_anew_breaks_the_next() -> None:
    entries = journal(3)
    head = entries[-1].hash
    forged = replace(entries[1].event, motive="another")
    entries[1] = follow(2, entries[1].at, forged, entries[0].hash)
    assert verified(entries, 3, head) == 3


def test_two_entries_that_changed_places_are_found() -> None:
    entries = journal(3)
    head = entries[-1].hash
    entries[0], entries[1] = entries[1], entries[0]
    assert verified(entries, 3, head) == 1


def test_the_time_of_an_entry_is_part_of_its_hash() -> None:
    entries = journal(1)
    moved = [replace(entries[0], at=entries[0].at + timedelta(milliseconds=1))]
    assert verified(moved, 1, entries[0].hash) == 1


def test_an_entry_without_a_code_hashes_as_it_did_before_there_were_codes() -> None:
    event = AuditEvent(AuditAction.LIVE, Outcome.GRANTED, who="p-1", login="x", detail="wall")
    content = {
        "seq": 1,
        "at": "2026-11-20T21:00:00.000000+00:00",
        "deed": {name: value for name, value in asdict(event).items() if name != "why"},
        "previous": GENESIS,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    at = datetime(2026, 11, 20, 21, tzinfo=UTC)
    assert entry_hash(1, at, event, GENESIS) == hashlib.sha256(text.encode()).hexdigest()


def test_the_code_of_an_entry_is_under_its_hash() -> None:
    at = datetime(2026, 11, 20, 21, tzinfo=UTC)
    event = AuditEvent(AuditAction.LIVE, Outcome.GRANTED).telling(
        why("login-taken", "taken", login="x"), Outcome.REFUSED
    )
    other = replace(event, why=event.why.replace('"x"', '"y"'))
    assert entry_hash(1, at, event, GENESIS) != entry_hash(1, at, other, GENESIS)
