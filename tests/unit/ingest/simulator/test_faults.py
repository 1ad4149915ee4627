"""The zoo's table and the document made from it."""

from pathlib import Path

from ingest.simulator.cards import CARDS
from ingest.simulator.faults import Fault
from tests.docs_cameras import DOCUMENT, with_table

ZOO = Path(__file__).resolve().parents[3] / "integration" / "ingest"


def test_every_fault_has_one_card() -> None:
    assert sorted(card.fault for card in CARDS) == sorted(set(Fault) - {Fault.NONE})


def test_the_document_shows_the_cards_as_they_are() -> None:
    text = DOCUMENT.read_text()
    assert with_table(text) == text, "python -m tests.docs_cameras"


def test_every_fault_is_played_by_a_test() -> None:
    played = "".join(file.read_text() for file in ZOO.glob("test_zoo_*.py"))
    assert [fault for fault in Fault if f"Fault.{fault.name}" not in played] == []
