"""The zoo's table and the document made from it."""

from ingest.simulator.faults import CARDS, Fault
from tests.docs_cameras import DOCUMENT, with_table


def test_every_fault_has_one_card() -> None:
    assert sorted(card.fault for card in CARDS) == sorted(set(Fault) - {Fault.NONE})


def test_the_document_shows_the_cards_as_they_are() -> None:
    text = DOCUMENT.read_text()
    assert with_table(text) == text, "python -m tests.docs_cameras"
