"""Whoever looks for how a service is put together reads it room by room."""

import ast
import re
from pathlib import Path

from tests.unit.repository.test_repository import ROOT, tracked_files

MOST_LINES = 60
_COMPOSES = re.compile(r"(?!tests/).*\b(service|compos\w*)\.py")


def composition_modules() -> list[Path]:
    return sorted(file for file in tracked_files() if _COMPOSES.fullmatch(str(file.relative_to(ROOT))))


def longer_functions(name: str, source: str) -> set[str]:
    """The functions of a module that are longer than is read at a glance."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {
        f"{name}: {one.name}"
        for one in functions
        if one.end_lineno is not None and one.end_lineno - one.lineno >= MOST_LINES
    }


def test_no_service_is_composed_in_one_long_function() -> None:
    modules = composition_modules()
    assert {"ingest", "mux", "storage", "control_room"} <= {file.parent.name for file in modules}
    found = [longer_functions(str(file.relative_to(ROOT)), file.read_text()) for file in modules]
    assert set().union(*found) == set()


def test_a_function_of_61_lines_is_found() -> None:
    body = "".join(f"    a = {number}\n" for number in range(MOST_LINES - 1))
    assert longer_functions("m.py", f"async def f():\n{body}") == set()
    assert longer_functions("m.py", f"async def f():\n{body}    a = 0\n") == {"m.py: f"}
