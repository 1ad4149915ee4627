"""Checks that documents tell the truth: every path, link, make verb and setting they name exists.

Decisions have all their parts (`tests/docs_records.py`).

`python -m tests.docs_check` prints each lie with its place and exits with 1, or says how much it looked at.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs_map import with_map
from tests.docs_records import faults
from tests.docs_settings import known_settings, with_table

ROOT = Path(__file__).resolve().parent.parent
_FOLDERS = "shared|ingest|mux|storage|control_room|deploy|tests|docs|requirements"
_PATH = re.compile(rf"`((?:{_FOLDERS})/[\w./*-]*|[A-Z]+\.md|Makefile|pyproject\.toml)`")
_MODULE = re.compile(r"`python -m ([a-z_.]+)")
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
_VERB = re.compile(r"`make ([a-z-]+)")
_SETTING = re.compile(r"`(BEFFROI_[A-Z0-9_]+)`")
_COMMAND = re.compile(r"`(?:\.venv/bin/)?beffroi ([a-z]+)")


@dataclass(frozen=True, slots=True)
class Lie:
    """Something a document names that does not exist."""

    document: str
    line: int
    what: str


def documents() -> list[Path]:
    """Every Markdown document of the project."""
    skipped = {".venv", "node_modules", "var", "dist"}
    return sorted(p for p in ROOT.rglob("*.md") if not skipped & set(p.relative_to(ROOT).parts))


def lies(
    document: Path, settings: frozenset[str], verbs: frozenset[str], commands: frozenset[str]
) -> Iterator[Lie]:
    """What one document names in vain."""
    for number, line in enumerate(document.read_text().splitlines(), 1):
        for wrong in _wrong_in(line, document.parent, settings, verbs, commands):
            yield Lie(str(document.relative_to(ROOT)), number, wrong)


def _wrong_in(
    line: str, folder: Path, settings: frozenset[str], verbs: frozenset[str], commands: frozenset[str]
) -> Iterator[str]:
    for path in _PATH.findall(line):
        if not list(ROOT.glob(path.rstrip("/"))):
            yield f"path {path} does not exist"
    for link in _LINK.findall(line):
        if not (folder / link).exists():
            yield f"link {link} leads nowhere"
    for module in _MODULE.findall(line):
        place = ROOT / Path(*module.split("."))
        if not (place.with_suffix(".py").exists() or (place / "__main__.py").exists()):
            yield f"python -m {module} does not exist"
    yield from (f"make {verb} does not exist" for verb in _VERB.findall(line) if verb not in verbs)
    yield from (f"setting {name} does not exist" for name in _SETTING.findall(line) if name not in settings)
    yield from (f"beffroi {name} does not exist" for name in _COMMAND.findall(line) if name not in commands)


def main() -> int:
    """Check all documents."""
    verbs = frozenset(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    commands = frozenset(re.findall(r'add_parser\("([a-z]+)"', (ROOT / "deploy" / "cli.py").read_text()))
    settings = known_settings()
    found = [lie for document in documents() for lie in lies(document, settings, verbs, commands)]
    readme = (ROOT / "README.md").read_text()
    if with_table(readme) != readme:
        found.append(
            Lie("README.md", 0, "the table of settings is out of date: python -m tests.docs_settings")
        )
    architecture = (ROOT / "ARCHITECTURE.md").read_text()
    if with_map(architecture, (ROOT / "pyproject.toml").read_text()) != architecture:
        found.append(Lie("ARCHITECTURE.md", 0, "the map is out of date: python -m tests.docs_map"))
    found.extend(Lie(f"docs/adr/{name}", 0, what) for name, what in faults())
    for lie in found:
        print(f"{lie.document}:{lie.line}: {lie.what}")
    if not found:
        print(f"docs: {len(documents())} documents name only what exists")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
