"""Every action that the journal may hold has its words on the page, in both languages."""

import re
from pathlib import Path

import pytest

from control_room.access.rights import Right
from control_room.model.journal import AuditAction

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
