"""A journal in a file: each attack is told apart, with a head that somebody else has kept."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.journal_chain import BEGINNING, Start
from shared.evidence.journal_file import JournalFinding, JournalVerdict, check_journal
from shared.evidence.journal_head import SignedJournalHead
from tests.unit.shared.evidence.journals import KEY, OTHER_KEY, Extract, chained, head_of, tree_of

WORDS = [f"watch {number}" for number in range(8)]
LINES = chained(WORDS)
WITNESSED = [head_of(LINES[:3], 1), head_of(LINES[:6], 2)]


def checked(extract: Extract, witnessed: Sequence[SignedJournalHead] = WITNESSED) -> JournalVerdict:
    return check_journal(extract.text(), KEY.public, witnessed)


def test_a_journal_as_it_was_written_is_sound_and_says_what_that_rests_on() -> None:
    found = checked(Extract(LINES, [head_of(LINES, 3)]))
    assert (found.found, found.entries, found.signed, found.witnessed) == (JournalFinding.SOUND, 8, 8, 2)


def test_a_journal_without_heads_and_witness_is_sound_and_rests_on_nothing() -> None:
    found = checked(Extract(LINES), [])
    assert (found.sound, found.signed_at_ns, found.witnessed_at_ns) == (True, None, None)


def test_an_empty_journal_is_sound() -> None:
    assert checked(Extract([]), []).sound


def test_an_altered_entry_is_found() -> None:
    altered = [*LINES]
    altered[3] = altered[3]._replace(deed={"action": "live", "motive": "nothing"})
    assert checked(Extract(altered)).found is JournalFinding.ALTERED


def test_a_removed_entry_is_found() -> None:
    assert checked(Extract([*LINES[:3], *LINES[4:]])).found is JournalFinding.MISSING


def test_entries_that_changed_places_are_found() -> None:
    moved = [*LINES]
    moved[2] = LINES[3]._replace(seq=3)
    assert checked(Extract(moved)).found is JournalFinding.OUT_OF_LINE


def test_a_cut_end_is_found_by_a_witness_and_by_nobody_else() -> None:
    cut = Extract(LINES[:5], [head_of(LINES[:5], 1)])
    assert checked(cut).found is JournalFinding.CUT
    assert checked(cut, []).sound


def test_an_altered_entry_with_all_that_follows_hashed_and_signed_anew_is_found_by_a_witness() -> None:
    forged = chained([*WORDS[:2], "nothing", *WORDS[3:]])
    rewritten = Extract(forged, [head_of(forged, 3)])
    assert checked(rewritten).found is JournalFinding.REWRITTEN
    assert checked(rewritten, []).sound


def test_entries_put_in_with_all_that_follows_hashed_anew_are_found_by_a_witness() -> None:
    assert checked(Extract(chained([*WORDS[:2], "more", *WORDS[2:]]))).found is JournalFinding.REWRITTEN


def test_a_head_of_another_key_is_found() -> None:
    assert checked(Extract(LINES, [head_of(LINES, 3, OTHER_KEY)])).found is JournalFinding.WRONG_KEY


def test_another_journal_than_the_witness_s_is_told() -> None:
    assert checked(Extract(LINES, journal="jrn-2")).found is JournalFinding.ANOTHER


def test_a_witness_with_heads_of_another_key_or_of_two_journals_is_refused() -> None:
    with pytest.raises(BadInput, match="not signed with this key"):
        checked(Extract(LINES), [head_of(LINES, 1, OTHER_KEY)])
    with pytest.raises(BadInput, match="several journals"):
        checked(Extract(LINES), [head_of(LINES), head_of(LINES, journal="jrn-2")])


def test_a_file_that_was_not_fetched_whole_is_told() -> None:
    text = Extract(LINES).text()
    for kept in range(len(text)):
        assert check_journal(text[:kept], KEY.public).found is JournalFinding.DAMAGED


def test_a_journal_that_ends_elsewhere_than_it_says_is_told() -> None:
    assert checked(Extract(LINES, end=(9, "0" * 64)), []).found is JournalFinding.DAMAGED


ERASED = chained([f"day {day}" for day in range(1500)])
OLD = Start(tree_of(ERASED[:300]), ERASED[299].hash)


def erased(*heads: SignedJournalHead, start: Start = OLD) -> Extract:
    return Extract(ERASED[start.tree.size :], list(heads), start)


def test_what_was_erased_in_its_time_is_stood_for_by_a_head_and_the_rest_verifies() -> None:
    kept = [head_of(ERASED[:100]), head_of(ERASED[:300], 2), head_of(ERASED[:900], 3)]
    found = checked(erased(head_of(ERASED[:300], 2), head_of(ERASED, 9)), kept)
    assert (found.found, found.entries, found.erased) == (JournalFinding.SOUND, 1500, 300)
    assert found.witnessed == 2, "a head of what was erased cannot be checked"


def test_what_was_erased_without_a_head_or_too_early_is_told() -> None:
    assert checked(erased(head_of(ERASED, 9)), []).found is JournalFinding.ERASED_EARLY
    assert checked(erased(), []).found is JournalFinding.ERASED_EARLY
    young = Start(tree_of(ERASED[:1200]), ERASED[1199].hash)
    heads = (head_of(ERASED[:1200], 2), head_of(ERASED, 9))
    assert checked(erased(*heads, start=young), []).found is JournalFinding.ERASED_EARLY


def test_a_removed_beginning_is_not_taken_for_an_erased_one() -> None:
    forged = chained([f"day {day}" for day in range(300)][::-1])
    other = Start(tree_of(forged), forged[-1].hash)
    heads = (head_of(ERASED[:300], 2), head_of(ERASED, 9))
    assert not checked(erased(*heads, start=other), []).sound


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9), st.integers(0, 400), st.integers(0, 255))
def test_whatever_byte_is_altered_shows_or_changes_nothing(line: int, at: int, value: int) -> None:
    text = Extract(LINES, [head_of(LINES, 3)]).text()
    hit = bytearray(text[line])
    hit[at % len(hit)] = value
    found = check_journal([*text[:line], bytes(hit), *text[line + 1 :]], KEY.public, WITNESSED)
    same = found.sound and found.entries == 8
    assert same == (bytes(hit) == text[line]) or line == 0 or b"public_key" in text[line]


def test_nothing_stands_before_the_first_entry_of_a_journal() -> None:
    assert (BEGINNING.tree.size, BEGINNING.last) == (0, "0" * 64)
