"""The records of decisions in `docs/adr`: what each must have, and the index of all of them.

`python -m tests.docs_records` writes the index anew.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "adr"
INDEX = FOLDER / "README.md"
_SECTIONS = ("Context", "Decision", "Alternatives", "Consequences")
_LINK = r"\[\d+\]\(\d{4}-[a-z0-9-]+\.md\)"
_STATUS = re.compile(rf"(?:proposed|accepted(?:, amended by {_LINK})*|superseded by {_LINK})")
_HEAD = re.compile(
    r"# (?P<number>\d+)\. (?P<title>[^\n]+)\n\nDate: (?P<date>\d{4}-\d\d-\d\d)\nStatus: (?P<status>[^\n]+)\n"
)
_BLOCK = re.compile(r"(<!-- records -->\n).*?(\n<!-- /records -->)", re.S)


@dataclass(frozen=True, slots=True)
class Record:
    """The head of a record."""

    file: str
    number: int
    title: str
    date: str
    status: str


def wrong(name: str, text: str) -> Iterator[str]:
    """What a record of this file name lacks."""
    head = _HEAD.match(text)
    if head is None:
        yield "begins with no number, title, Date and Status"
        return
    if not name.startswith(f"{int(head['number']):04d}-"):
        yield f"is record {head['number']} under another number"
    if _STATUS.fullmatch(head["status"]) is None:
        yield f"has a status that is none: {head['status']}"
    sections = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    if sections != list(_SECTIONS):
        yield f"has not the sections {', '.join(_SECTIONS)} in this order"


def records(folder: Path = FOLDER) -> list[Record]:
    """The heads of all records that have one, by number."""
    found = []
    for file in sorted(folder.glob("[0-9]*.md")):
        head = _HEAD.match(file.read_text())
        if head is not None:
            found.append(Record(file.name, int(head["number"]), head["title"], head["date"], head["status"]))
    return found


def table(found: list[Record]) -> str:
    """One row a number up to the last."""
    by_number = {record.number: record for record in found}
    lines = ["| | decision | status | date |", "|---|---|---|---|"]
    for number in range(1, max(by_number, default=0) + 1):
        record = by_number.get(number)
        if record is None:
            lines.append(f"| {number} | never written | | |")
        else:
            lines.append(f"| {number} | [{record.title}]({record.file}) | {record.status} | {record.date} |")
    return "\n".join(lines)


def with_table(index: str, found: list[Record]) -> str:
    """The index with its table up to date."""
    return _BLOCK.sub(lambda block: block[1] + table(found) + block[2], index)


def faults(folder: Path = FOLDER) -> Iterator[tuple[str, str]]:
    """Each document of the folder that is not as it must be, and why."""
    seen: dict[str, str] = {}
    for file in sorted(folder.glob("[0-9]*.md")):
        for what in wrong(file.name, file.read_text()):
            yield file.name, what
        first = seen.setdefault(file.name[:4], file.name)
        if first != file.name:
            yield file.name, f"has the number of {first}"
    index = folder / "README.md"
    if with_table(index.read_text(), records(folder)) != index.read_text():
        yield index.name, "is out of date: python -m tests.docs_records"


if __name__ == "__main__":
    INDEX.write_text(with_table(INDEX.read_text(), records()))
