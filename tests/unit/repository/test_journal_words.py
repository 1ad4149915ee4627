"""Every action that the journal may hold has its words on the page, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.model.journal import AuditAction
from shared.reasons import Reason

ROOT = Path(__file__).parents[3]
WORDS = ROOT / "control_room/web/src/i18n"
_LINE = re.compile(r'^      "?([a-z-]+)"?: "[^"]+",$', re.MULTILINE)


def _words(language: str) -> set[str]:
    text = (WORDS / language / "desk.ts").read_text()
    return set(_LINE.findall(text.partition("    actions: {")[2].partition("    }")[0]))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_words_every_action_of_the_journal_and_no_other(language: str) -> None:
    assert sorted(_words(language)) == sorted(map(str, AuditAction))


def test_the_journal_has_an_action_for_every_right() -> None:
    """What is refused is journaled under the name of the right."""
    assert set(map(str, Right)) <= set(map(str, AuditAction))


def _details(call: ast.Call) -> Iterator[ast.expr]:
    """What a call says an event was about."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "telling":
        yield call.args[0]
    if name in ("event", "AuditEvent"):
        yield from (one.value for one in call.keywords if one.arg == "detail")


def test_no_detail_of_the_journal_is_a_mere_sentence() -> None:
    """By type where a caller's event is made, by eye of this test where nobody is signed in."""
    assert get_type_hints(Caller.event)["detail"] == Reason | None
    told = {
        f"{path.relative_to(ROOT)}:{detail.lineno}": detail
        for path in sorted((ROOT / "control_room").rglob("*.py"))
        if "node_modules" not in path.parts
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        for detail in _details(call)
    }
    assert len(told) > 15
    assert [where for where, one in told.items() if isinstance(one, ast.Constant | ast.JoinedStr)] == []
