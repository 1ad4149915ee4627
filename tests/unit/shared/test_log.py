import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.clock import SimulatedClock
from shared.log import Trouble, configure, get_logger

Captured = pytest.CaptureFixture[str]
BOTH = pytest.mark.parametrize("as_json", [True, False], ids=["json", "console"])


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def line(captured: Captured) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(captured.readouterr().err)
    return parsed


def test_a_line_is_one_json_object_with_what_it_is_about(capsys: Captured) -> None:
    configure("mux", json=True)
    get_logger("mux").warning("viewer-gone", viewer="v-1", packets=12)
    said = line(capsys)
    assert (said["event"], said["level"], said["logger"]) == ("viewer-gone", "warning", "mux")
    assert (said["viewer"], said["packets"]) == ("v-1", 12)


@BOTH
def test_no_address_shows_its_password(capsys: Captured, as_json: bool) -> None:
    configure("ingest", json=as_json)
    get_logger("ingest").error("refused", reason="rtsp://admin:p@ss:w/rd?#hunter2@10.0.0.1/x said 401")
    assert "hunter2" not in capsys.readouterr().err


@BOTH
@pytest.mark.parametrize("name", ["password", "token", "authorization", "cookie"])
def test_no_field_with_a_secret_s_name_shows_it(capsys: Captured, as_json: bool, name: str) -> None:
    configure("ingest", json=as_json)
    get_logger("ingest").info("asked", **{name: "hunter2"})
    assert "hunter2" not in capsys.readouterr().err


@BOTH
def test_no_secret_inside_another_value_is_shown(capsys: Captured, as_json: bool) -> None:
    configure("ingest", json=as_json)
    get_logger("ingest").info(
        "asked", headers={"authorization": "Bearer hunter2-hunter2"}, raw=b"pwd=hunter2"
    )
    assert "hunter2" not in capsys.readouterr().err


@BOTH
def test_no_traceback_shows_a_password(capsys: Captured, as_json: bool) -> None:
    configure("ingest", json=as_json)
    try:
        int("rtsp://admin:hunter2@10.0.0.1/x")
    except ValueError as error:
        get_logger("ingest").error("failed", exc_info=error)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "hunter2" not in said


@BOTH
def test_no_library_shows_a_password(capsys: Captured, as_json: bool) -> None:
    configure("ingest", json=as_json)
    logging.getLogger("httpx").warning("GET %s", "http://host/?ticket=hunter2")
    assert "hunter2" not in capsys.readouterr().err


@BOTH
def test_a_library_s_exception_shows_no_password(capsys: Captured, as_json: bool) -> None:
    configure("ingest", json=as_json)
    logging.getLogger("asyncio").error(
        "task failed", exc_info=OSError("rtsp://admin:hunter2@10.0.0.1 timed out")
    )
    said = capsys.readouterr().err
    assert "10.0.0.1 timed out" in said
    assert "hunter2" not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(st.characters(codec="utf-8"), max_size=30), st.booleans())
def test_whatever_is_logged_stays_on_one_line(capsys: Captured, text: str, as_json: bool) -> None:
    configure("ingest", json=as_json)
    capsys.readouterr()
    get_logger("ingest").info("said", text=text)
    assert len(capsys.readouterr().err.splitlines()) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.floats() | st.text(max_size=20) | st.binary(max_size=20) | st.lists(st.floats(), max_size=3))
def test_whatever_is_logged_is_json(capsys: Captured, value: object) -> None:
    configure("ingest", json=True)
    capsys.readouterr()
    get_logger("ingest").info("said", value=value)

    def refuse(word: str) -> object:
        raise AssertionError(f"{word} is no JSON")

    json.loads(capsys.readouterr().err, parse_constant=refuse)


def test_a_terminal_is_not_steered_by_foreign_text(capsys: Captured) -> None:
    configure("ingest", json=False)
    get_logger("ingest").info("said", text="\x1b[2J\x9bsly")
    assert not {"\x1b", "\x9b"} & set(capsys.readouterr().err)


def test_numbers_stay_numbers_whatever_their_name(capsys: Captured) -> None:
    configure("mux", json=True)
    get_logger("mux").info("state", sessions=4, tickets=2.5, session_alive=True)
    said = line(capsys)
    assert (said["sessions"], said["tickets"], said["session_alive"]) == (4, 2.5, True)


def test_debug_lines_are_left_out(capsys: Captured) -> None:
    configure("mux", json=True)
    get_logger("mux").debug("detail")
    assert capsys.readouterr().err == ""


def test_a_logger_made_before_the_log_was_set_up_obeys_it(capsys: Captured) -> None:
    early = get_logger("early")
    configure("mux", json=True)
    early.info("said", password="hunter2")
    assert line(capsys)["password"] == "***"


def test_a_library_that_logs_wrongly_stops_nobody(capsys: Captured) -> None:
    configure("mux", json=True)
    too_few = ("one",)
    logging.getLogger("careless").warning("%d of %d", *too_few)
    assert line(capsys)["event"] == "%d of %d"


def test_a_broken_standard_error_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

    configure("mux", json=True)
    monkeypatch.setattr(sys, "stderr", Broken())
    get_logger("mux").error("still-alive")


class Lines:
    """A log that keeps what it is told."""

    def __init__(self) -> None:
        self.fields: list[dict[str, object]] = []

    def debug(self, event: str, **fields: object) -> None: ...
    def info(self, event: str, **fields: object) -> None: ...
    def error(self, event: str, **fields: object) -> None: ...

    def warning(self, event: str, **fields: object) -> None:
        self.fields.append({"event": event, **fields})


async def test_the_first_trouble_is_logged_at_once() -> None:
    log = Lines()
    Trouble(log, "unit-dropped", SimulatedClock()).count("too large")
    assert log.fields == [{"event": "unit-dropped", "count": 1, "total": 1, "last_cause": "too large"}]


async def test_trouble_with_every_frame_is_logged_once_a_second() -> None:
    log, clock = Lines(), SimulatedClock()
    trouble = Trouble(log, "unit-dropped", clock)
    for _ in range(100):
        trouble.count("late")
        await clock.advance(0.04)
    assert len(log.fields) == 4


async def test_no_trouble_is_left_out_of_the_count() -> None:
    log, clock = Lines(), SimulatedClock()
    trouble = Trouble(log, "unit-dropped", clock)
    for _ in range(60):
        trouble.count("late", 2)
        await clock.advance(0.1)
    trouble.flush()
    assert sum(int(str(said["count"])) for said in log.fields) == trouble.total == 120


async def test_the_last_cause_is_told() -> None:
    log, clock = Lines(), SimulatedClock()
    trouble = Trouble(log, "unit-dropped", clock)
    trouble.count("first")
    trouble.count("second")
    await clock.advance(1)
    trouble.count("third")
    assert log.fields[-1] == {"event": "unit-dropped", "count": 2, "total": 3, "last_cause": "third"}


def test_no_trouble_is_no_line() -> None:
    log = Lines()
    Trouble(log, "unit-dropped", SimulatedClock()).flush()
    assert log.fields == []
