"""The table of docs/cameras.md, made from the cards of the simulated camera's faults.

`python -m tests.docs_cameras` writes it; a unit test fails while it is out of date.
"""

import re
from pathlib import Path

from ingest.simulator.cards import CARDS

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "cameras.md"
_BLOCK = re.compile(r"(<!-- faults -->\n).*?(\n<!-- /faults -->)", re.S)


def table() -> str:
    """One row a fault."""
    rows = [f"| `{card.fault}` | {card.does} | {card.seen} | {card.answer} |" for card in CARDS]
    return "\n".join(["| fault | the camera | met on | Beffroi |", "|---|---|---|---|", *rows])


def with_table(document: str) -> str:
    """The document with the table between its marks."""
    return _BLOCK.sub(lambda found: found[1] + table() + found[2], document)


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text()))
