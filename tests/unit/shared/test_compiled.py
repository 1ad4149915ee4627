"""Compiled cores: used where they were built of this very source, else said why not."""

import ctypes
import subprocess
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from shutil import which

import pytest

from shared.compiled import built_or_none, library_beside
from shared.errors import Unavailable
from shared.log import get_logger

_LOG = get_logger("tests")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a core of version 3."""
    compiler = which("gcc") or which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    source, file = tmp_path / "core.c", tmp_path / f"_core{EXTENSION_SUFFIXES[0]}"
    source.write_text("int core_version(void) { return 3; }\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", file, source], check=True)
    return tmp_path


@pytest.mark.parametrize("kind", [ctypes.CDLL, ctypes.PyDLL])
def test_a_library_of_this_version_is_used(folder: Path, kind: type[ctypes.CDLL]) -> None:
    assert isinstance(library_beside(folder, kind, "a/core.c", "core_version", 3), kind)


def test_one_of_another_version_or_of_something_else_is_not(folder: Path) -> None:
    with pytest.raises(Unavailable, match=r"another a/core\.c: install again"):
        library_beside(folder, ctypes.CDLL, "a/core.c", "core_version", 4)
    with pytest.raises(Unavailable, match="cannot be loaded"):
        library_beside(folder, ctypes.CDLL, "a/core.c", "other_version", 3)


def test_none_is_said_to_be_none(tmp_path: Path) -> None:
    def load() -> ctypes.CDLL:
        return library_beside(tmp_path, ctypes.CDLL, "a/core.c", "core_version", 3)

    assert built_or_none(load, _LOG, demanded=False, consequence="slower") is None
    with pytest.raises(Unavailable, match=r"a/core\.c was not built"):
        built_or_none(load, _LOG, demanded=True, consequence="slower")
