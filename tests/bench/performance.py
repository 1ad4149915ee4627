"""`make performance`: plots and tables of docs/performance.md from what `make bench` kept.

Between `<!-- bench:NAME -->` and `<!-- /bench -->` stand the table NAME and its plot; everything else is
written by people.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import plots
from tests.bench.tables import Table, kept

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
_BLOCK = re.compile(r"<!-- bench:([a-z-]+) -->\n.*?<!-- /bench -->", re.DOTALL)


def with_tables(text: str, found: Callable[[str], Table | None]) -> str:
    """The document with each table anew; one that was never measured is left as it is."""

    def block(match: re.Match[str]) -> str:
        table = found(match[1])
        if table is None:
            return match[0]
        measured = f"\n\nMeasured on: {table.machine}." if table.machine else ""
        name = match[1]
        plot = f"\n\n![{table.title}](performance/{name}.svg)" if name in plots.PLOTS else ""
        return f"<!-- bench:{name} -->\n{table.markdown()}{measured}{plot}\n<!-- /bench -->"

    return _BLOCK.sub(block, text)


def main() -> int:
    """Rewrite the document and draw the plots; says which tables are old."""
    text = DOCUMENT.read_text()
    for name in _BLOCK.findall(text):
        if kept(name) is None:
            print(f"{name}: not measured by this checkout; its table stays as it is")
    DOCUMENT.write_text(with_tables(text, kept))
    return plots.main()


if __name__ == "__main__":
    sys.exit(main())
