"""Every reason that a service gives has its words on the page, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = ("shared", "control_room", "storage", "mux", "ingest")
WORDS = ROOT / "control_room/web/src/i18n"
_LINE = re.compile(r'^  "?([a-z0-9-]+)"?: "(.*)",$', re.MULTILINE)
_PERSONS_ERRORS = frozenset(
    {
        "BadInput",
        "Conflict",
        "Forbidden",
        "NotFound",
        "TooManyRequests",
        "Unauthenticated",
        "Unsupported",
    }
)


def _calls(folder: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "node_modules" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield path, node


def _reasons() -> dict[str, set[str]]:
    """Each code with the parameters that all its sentences have in common."""
    found: dict[str, set[str]] = {}
    for folder in SERVICES:
        for path, call in _calls(folder):
            assert isinstance(call.func, ast.Name)
            if call.func.id != "why":
                continue
            code, english = call.args
            assert isinstance(code, ast.Constant), f"{path}:{call.lineno}: the code is not written out"
            assert isinstance(english, ast.Constant), f"{path}:{call.lineno}: the sentence is not written out"
            named = {name for _, name, _, _ in Formatter().parse(str(english.value)) if name}
            found[str(code.value)] = found.get(str(code.value), named) & named
    return found


def _words(language: str) -> dict[str, str]:
    text = (WORDS / language / "reasons.ts").read_text()
    return dict(_LINE.findall(text.partition("export const fields")[0]))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_words_every_reason_and_no_other(language: str) -> None:
    assert sorted(_words(language)) == sorted(_reasons())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_words_name_no_parameter_that_a_service_does_not_send(language: str) -> None:
    reasons = _reasons()
    unknown = {
        code: extra
        for code, sentence in _words(language).items()
        if (extra := set(re.findall(r"\{(\w+)\}", sentence)) - reasons.get(code, set()))
    }
    assert unknown == {}


def test_the_page_prints_a_services_english_in_three_places_only() -> None:
    """Each tries the words of its code first: whatever else prints a sentence leaves the reader without his."""
    page = ROOT / "control_room/web/src"
    said = {
        str(path.relative_to(page))
        for path in page.rglob("*.tsx")
        if re.search(r"lang=.*\ben\b", path.read_text())
    }
    assert said == {"ui/Field.tsx", "ui/ProblemNote.tsx", "ui/Said.tsx"}


def test_what_control_room_refuses_a_person_has_a_code() -> None:
    """Settings (BEFFROI_...) and what services say to each other are read by administrators, in English."""
    plain = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in _calls("control_room")
        if isinstance(call.func, ast.Name)
        and call.func.id in _PERSONS_ERRORS
        and call.args
        and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
        and "BEFFROI_" not in ast.unparse(call.args[0])
        and path.name not in ("administrator.py", "watching.py", "mux_client.py")
    ]
    assert plain == []
