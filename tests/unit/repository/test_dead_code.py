"""Code of the services that only tests use is told: a name that stands nowhere but where it is defined."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("shared", "ingest", "mux", "storage", "control_room", "deploy")
# Called by libraries: asyncio's protocols, enumerations, SQLAlchemy's types, ZeroMQ's authenticator.
CALLED_FROM_OUTSIDE = {
    "_missing_",
    "buffer_updated",
    "callback",
    "eof_received",
    "get_buffer",
    "process_bind_param",
    "process_result_value",
}
# Second implementations of ports, beside the first.
FAKES = {"FakeOpener", "SimulatedClock", "pass_unseen", "step_utc"}
# What an object says of its state, for who watches it from outside.
TOLD = {"bits_per_s", "is_ready", "most_attempts", "playing"}
_OWN = {"property", "staticmethod", "classmethod"}


def sources() -> dict[Path, str]:
    """The services' Python."""
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {file: file.read_text() for file in files if "node_modules" not in file.parts}


def defined(text: str) -> Iterator[str]:
    """The functions, classes and constants of a module. What is decorated by others is theirs to call."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            decorators = {getattr(decorator, "id", "other") for decorator in node.decorator_list}
            if decorators <= _OWN and not node.name.startswith("__"):
                yield node.name
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def dead(texts: Mapping[Path, str]) -> set[str]:
    """The names that stand in all the texts once only."""
    words = Counter(word for text in texts.values() for word in re.findall(r"\w+", text))
    return {
        name
        for text in texts.values()
        for name in defined(text)
        if words[name] == 1 and not name.startswith("__")
    }


def test_nothing_in_the_services_is_used_by_tests_only() -> None:
    assert dead(sources()) - CALLED_FROM_OUTSIDE - FAKES - TOLD == set()


def test_a_function_a_method_and_a_constant_that_nobody_uses_are_told() -> None:
    text = "LEFT = 1\nUSED = 2\ndef gone(): return USED\nclass A:\n    def method(self): return A\n"
    assert dead({Path("a.py"): text}) == {"LEFT", "gone", "method"}
