"""Heads of a journal as they go round."""

import pytest

from shared.errors import BadInput
from shared.evidence.journal_head import SignedJournalHead, WitnessedJournal
from tests.unit.shared.evidence.journals import KEY, OTHER_KEY, chained, head_of

HEAD = head_of(chained(["a", "b"]))


def test_a_head_is_read_as_it_was_signed() -> None:
    assert (HEAD.read().size, HEAD.read().number) == (2, 1)
    assert HEAD.is_signed_with(KEY.public)
    assert not HEAD.is_signed_with(OTHER_KEY.public)


@pytest.mark.parametrize("document", ["", "[]", "{}", HEAD.document.replace("-head-1", "-head-2")])
def test_another_document_is_no_head(document: str) -> None:
    with pytest.raises(BadInput):
        SignedJournalHead(document, HEAD.signature).read()


def test_a_witness_s_file_is_read_around_torn_lines_which_are_named() -> None:
    other = head_of(chained(["a", "b", "c"]), 2)
    lines = [HEAD.line().encode(), b"", HEAD.line().encode()[:50], other.line().encode()]
    found = WitnessedJournal.read(lines)
    assert (found.heads, found.damaged) == ((HEAD, other), (3,))
