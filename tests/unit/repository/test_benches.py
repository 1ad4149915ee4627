"""What tests and benches share is in `tests/support`: a bench may change without a test failing for it."""

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
# These test the benches themselves.
_OF_BENCHES = TESTS / "unit" / "bench"


def imported(file: Path) -> set[str]:
    """The modules a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_unit_and_contract_tests_and_what_all_share_import_no_bench() -> None:
    files = [file for folder in ("unit", "contract", "support") for file in (TESTS / folder).rglob("*.py")]
    guilty = [
        str(file.relative_to(TESTS))
        for file in files
        if _OF_BENCHES not in file.parents
        and any(name == "tests.bench" or name.startswith("tests.bench.") for name in imported(file))
    ]
    assert guilty == []
