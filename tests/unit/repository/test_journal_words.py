"""Every action that the journal may hold has its words on the page, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from control_room.access.rights import Right

ROOT = Path(__file__).parents[3]
WORDS = ROOT / "control_room/web/src/i18n"
_LINE = re.compile(r'^      "?([a-z-]+)"?: "[^"]+",$', re.MULTILINE)


def _told(call: ast.Call) -> ast.expr | None:
    """What a call names as the action of an audit event, None where it makes none."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("event", "AuditEvent"):
        return None
    return next((one.value for one in call.keywords if one.arg == "action"), next(iter(call.args), None))


def _literals() -> Iterator[str]:
    for path in sorted((ROOT / "control_room").rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            told = _told(call) if isinstance(call, ast.Call) else None
            if isinstance(told, ast.Constant):
                yield str(told.value)


def _words(language: str) -> set[str]:
    text = (WORDS / language / "desk.ts").read_text()
    return set(_LINE.findall(text.partition("    actions: {")[2].partition("    }")[0]))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_words_every_action_of_the_journal_and_no_other(language: str) -> None:
    """A refused action is journaled under its own name, so each member of `Right` may stand there."""
    assert sorted(_words(language)) == sorted({*map(str, Right), *_literals()})
