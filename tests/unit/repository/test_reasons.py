"""Every reason that a service gives has its words on the page, in both languages."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis.strategies import text

from ingest.ports import SourceError
from ingest.refusals import quoted
from ingest.state import CameraState
from shared.causes import CODES
from shared.reasons import Reason

ROOT = Path(__file__).parents[3]
SERVICES = ("shared", "control_room", "storage", "mux", "ingest")
WORDS = ROOT / "control_room/web/src/i18n"
FILES = ("cameraReasons.ts", "evidenceReasons.ts", "reasons.ts")
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


_ASKED = (
    "storage/http/*.py",
    "storage/playback/catalogue.py",
    "storage/exports/[ejp]*.py",
    "storage/http/ticket_guard.py",
    "storage/http/guarded.py",
    "storage/lifecycle/hold_files.py",
    "storage/http/http_errors.py",
    "storage/model/instants.py",
    "storage/playback/transcoding.py",
    "mux/whep/bodies.py",
    "mux/streams/feed.py",
    "mux/whep/http_errors.py",
    "mux/sessions/roster.py",
    "mux/streams/transcoder/transcoders.py",
    "mux/whep/walls.py",
    "shared/leases.py",
)


_KINDS = {
    "number": {
        "cameras", "count", "days", "entry", "given_up", "last", "least", "megabytes", "more", "most",
        "packets", "percent", "port", "seconds", "size", "status", "told", "waiting", "years",
    },
    "time": {"date", "end", "instant", "off", "other", "ranges", "since", "start"},
    "name": {
        "article",
        "authority", "bucket", "camera", "choices", "code", "codec", "commune", "communes", "field", "fields",
        "file", "folder", "hash", "hold", "id", "ip", "login", "media_type", "mid", "name", "number", "part",
        "place", "recording", "reference", "said", "what",
    },
    "code": {
        "access_status", "action", "asked", "capacity", "export_status", "given", "hold_status", "kind",
        "mandate", "mend", "requisition_status",
    },
    "cause": {"cause"},
}  # fmt: skip
"""What a parameter may be, by its name: never a sentence. The type of `cause` is checked by mypy."""


def _sources(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts]


def _calls_of(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node


def _calls(folder: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in _sources(folder):
        yield from ((path, call) for call in _calls_of(path))


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
    told = ((WORDS / language / name).read_text() for name in FILES)
    return dict(_LINE.findall("".join(text.partition("export const fields")[0] for text in told)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_words_every_reason_and_no_other(language: str) -> None:
    assert sorted(_words(language)) == sorted(_reasons())


def _parameters() -> Iterator[tuple[str, ast.keyword]]:
    for folder in SERVICES:
        for path, call in _calls(folder):
            assert isinstance(call.func, ast.Name)
            if call.func.id == "why":
                yield from ((f"{path.relative_to(ROOT)}:{call.lineno}", one) for one in call.keywords)


def test_every_parameter_of_a_reason_is_of_a_kind_that_needs_no_language() -> None:
    kinds = {name for names in _KINDS.values() for name in names}
    told = list(_parameters())
    assert len(told) > 100
    assert [(where, one.arg) for where, one in told if one.arg not in kinds] == []


def test_no_parameter_but_a_cause_is_made_of_an_error() -> None:
    """Its sentence is in English: `shared.causes` makes a code of it."""
    foreign = re.compile(r"\b(str|repr)\(error|\bstrerror\b|\.detail\b|__name__|\[.msg.\]")
    assert [
        (where, one.arg)
        for where, one in _parameters()
        if one.arg != "cause" and foreign.search(ast.unparse(one.value))
    ] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_words_every_cause_and_no_other(language: str) -> None:
    causes = (WORDS / language / "causes.ts").read_text()
    assert sorted(dict(_LINE.findall(causes))) == sorted(CODES)


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
    """Each tries the words of its code first: whatever else prints one leaves the reader without his."""
    page = ROOT / "control_room/web/src"
    said = {
        str(path.relative_to(page))
        for path in page.rglob("*.tsx")
        if re.search(r"lang=.*\ben\b", path.read_text())
    }
    assert said == {"ui/Field.tsx", "ui/ProblemNote.tsx", "ui/Said.tsx"}


def _plain(paths: Iterable[Path], errors: frozenset[str]) -> list[str]:
    """Where an error of a kind is made of a mere sentence. Settings (BEFFROI_...) are read in English."""
    return [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in paths
        for call in _calls_of(path)
        if isinstance(call.func, ast.Name)
        and call.func.id in errors
        and call.args
        and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
        and "BEFFROI_" not in ast.unparse(call.args[0])
    ]


def test_what_control_room_refuses_a_person_has_a_code() -> None:
    paths = [path for path in _sources("control_room") if path.name != "administrator.py"]
    assert _plain(paths, _PERSONS_ERRORS) == []


def test_what_storage_and_mux_refuse_a_page_has_a_code() -> None:
    """The files behind the HTTP that a page or control_room asks; SDP and datagrams speak to no person."""
    paths = [path for pattern in _ASKED for path in sorted(ROOT.glob(pattern))]
    assert len(paths) > len(_ASKED)
    assert _plain(paths, _PERSONS_ERRORS | {"TicketRefused", "TooLarge", "Unavailable"}) == []


def _source_errors(kind: type[SourceError] = SourceError) -> Iterator[type[SourceError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _source_errors(below)


_STRANGERS = re.compile(r"\b(hostname|codec|location|header|body|options|decode|reason)\b")
"""What of a camera's own text could come into a parameter."""


def test_whatever_a_camera_gives_no_picture_for_is_told_by_a_code() -> None:
    """mypy holds each raise to this type, and each state that is set by hand to the other one."""
    kinds = list(_source_errors())
    assert len(kinds) == 10
    assert {get_type_hints(kind.__init__)["reason"] for kind in kinds} == {Reason}
    assert get_type_hints(CameraState.to)["told"] == Reason | None


def test_no_sentence_becomes_a_cameras_state() -> None:
    """Also where mypy would let it through: a state whose reason is made beside `why`, or a mere string."""
    names = frozenset(kind.__name__ for kind in _source_errors())
    made = [call for path in _sources("ingest") for call in _calls_of(path)]
    assert sum(isinstance(call.func, ast.Name) and call.func.id in names for call in made) > 25
    assert _plain(_sources("ingest"), names | {"Reason", "Finding"}) == []


def test_a_cameras_own_words_come_into_a_reason_quoted_only() -> None:
    loose = [
        (where, one.arg)
        for where, one in _parameters()
        if where.startswith("ingest/")
        and _STRANGERS.search(said := ast.unparse(one.value))
        and not said.startswith(("quoted(", "refusals.quoted("))
    ]
    assert loose == []


@given(text())
def test_what_a_camera_says_is_quoted_in_one_bounded_line(said: str) -> None:
    shown = quoted(said)
    assert len(shown) <= 64
    assert shown.isprintable()


def test_what_a_camera_says_is_quoted_without_credentials() -> None:
    assert "hunter2" not in quoted("rtsp://viewer:hunter2@192.0.2.7/")
