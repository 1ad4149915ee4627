"""Each decision's record has what a reader needs, and the index names all of them."""

import shutil
from pathlib import Path

import pytest

from tests.docs_records import FOLDER, Record, faults, table, wrong

WHOLE = """# 7. A title

Date: 2026-11-21
Status: accepted

## Context

## Decision

## Alternatives

## Consequences
"""


def test_every_record_is_whole_and_in_the_index() -> None:
    assert list(faults()) == []


def test_a_whole_record_lacks_nothing() -> None:
    assert list(wrong("0007-a-title.md", WHOLE)) == []


@pytest.mark.parametrize(
    "lost",
    [
        "Date: 2026-11-21",
        "Status: accepted",
        "## Context",
        "## Decision",
        "## Alternatives",
        "## Consequences",
    ],
)
def test_each_part_that_is_missing_is_told(lost: str) -> None:
    assert list(wrong("0007-a-title.md", WHOLE.replace(lost + "\n", ""))) != []


@pytest.mark.parametrize("status", ["done", "superseded", "superseded by 9", "accepted, somehow"])
def test_a_status_that_names_no_successor_is_told(status: str) -> None:
    assert list(wrong("0007-a-title.md", WHOLE.replace("accepted", status))) != []


def test_a_record_under_another_number_is_told() -> None:
    assert list(wrong("0008-a-title.md", WHOLE)) != []


def test_a_record_that_is_not_in_the_index_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "adr"
    shutil.copytree(FOLDER, folder)
    (folder / "0999-more.md").write_text(WHOLE.replace("# 7.", "# 999."))
    assert list(faults(folder)) == [("README.md", "is out of date: python -m tests.docs_records")]


def test_two_records_of_one_number_are_told(tmp_path: Path) -> None:
    (tmp_path / "0007-a.md").write_text(WHOLE)
    (tmp_path / "0007-b.md").write_text(WHOLE)
    (tmp_path / "README.md").write_text("")
    assert list(faults(tmp_path)) == [("0007-b.md", "has the number of 0007-a.md")]


def test_a_number_without_a_record_has_a_row_that_says_so() -> None:
    first, third = (Record(f"000{n}-a.md", n, "A", "2026-11-21", "accepted") for n in (1, 3))
    assert table([first, third]).splitlines()[3] == "| 2 | never written | | |"
