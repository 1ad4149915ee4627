"""Tests that failed in company and are judged once more, alone: each is counted, and the aim is none.

`python -m tests.again NOTES ARGUMENTS…` runs with these of pytest what failed last, and notes the names;
`python -m tests.again NOTES` says how many and which were noted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest


class Noting:
    """A plugin of pytest that notes which tests are run."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        with self._notes.open("a") as notes:
            notes.writelines(f"{item.nodeid}\n" for item in session.items)


def once_more(notes: Path, arguments: Sequence[str]) -> int:
    """Judge what failed last; the exit code says whether all of it holds alone."""
    print("once more, alone:", flush=True)
    return pytest.main(["-q", "--lf", "--lfnf=none", *arguments], plugins=[Noting(notes)])


def told(notes: Path) -> str:
    """How many tests were judged again, and which."""
    names = notes.read_text().splitlines() if notes.exists() else []
    if not names:
        return "judged again: none"
    return "\n".join([f"judged again: {len(names)}, to be mended", *(f"  {name}" for name in names)])


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(once_more(Path(sys.argv[1]), sys.argv[2:]))
    print(told(Path(sys.argv[1])))
