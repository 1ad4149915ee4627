"""What a bench found: a table to print, to keep as JSON, and to put into a document."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[2] / ".bench"

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, rows, and what to read them against. `aims` are said by heading, under the rows."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    aims: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    machine: str = ""
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def column(self, heading: str) -> list[float]:
        """The numbers of a column."""
        index = list(self.headings).index(heading)
        return [float(value) for row in self.rows if isinstance(value := row[index], int | float)]

    def where(self, heading: str, value: Cell) -> "Table":
        """The same table with only the rows that say `value` there."""
        index = list(self.headings).index(heading)
        kept = [row for row in self.rows if row[index] == value]
        return Table(self.name, self.title, self.headings, kept, self.aims, self.note, self.machine)

    def text(self) -> str:
        """The table in aligned columns."""
        cells = self._cells()
        widths = [max(len(line[column]) for line in cells) for column in range(len(self.headings))]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, *lines, *([self.note] if self.note else []), ""])

    def markdown(self) -> str:
        """The table as GitHub shows it, its note as a paragraph."""
        head, *rest = self._cells()
        lines = [_row(head), "|" + " ---: |" * len(head), *map(_row, rest)]
        said = [f"\n{self.note}"] if self.note else []
        return "\n".join([f"**{self.title}**", "", *lines, *said])

    def _cells(self) -> list[list[str]]:
        cells = [list(self.headings), *([_cell(value) for value in row] for row in self.rows)]
        if self.aims:
            aims = [self.aims.get(heading, "") for heading in self.headings]
            aims[0] = aims[0] or "aim"
            cells.append(aims)
        return cells


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _cell(value: Cell) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return "-" if value is None else str(value)


def keep(table: Table, folder: Path = RESULTS) -> Path:
    """Write a table's file, in place of the one of an earlier run."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{table.name}.json"
    part = file.with_suffix(".part")
    part.write_text(json.dumps(asdict(table), indent=1, ensure_ascii=False) + "\n")
    part.replace(file)
    return file


def kept(name: str, folder: Path = RESULTS) -> Table | None:
    """The table of the last run of a bench, or None where it has not run."""
    file = folder / f"{name}.json"
    return Table(**json.loads(file.read_text())) if file.exists() else None
