"""Run numbers over restarts of the worker."""

import stat
from pathlib import Path

from ingest.runs import RunNumbers, replace_file
from shared.clock import SimulatedClock
from shared.ids import StreamId

GATE, PLACE = StreamId("59350", "gate"), StreamId("59350", "place")
NS = 1_000_000_000


def test_a_stream_counts_its_runs_by_one(tmp_path: Path) -> None:
    runs = RunNumbers(tmp_path / "last-run", SimulatedClock())
    first = runs.next(GATE)
    assert [runs.next(GATE), runs.next(GATE), runs.next(PLACE)] == [first + 1, first + 2, first]


def test_numbers_go_on_above_after_a_restart_within_the_same_second(tmp_path: Path) -> None:
    clock = SimulatedClock()
    last = max(RunNumbers(tmp_path / "r", clock).next(GATE) for _ in range(3))
    assert RunNumbers(tmp_path / "r", clock).next(GATE) > last


def test_numbers_go_on_above_when_the_machine_starts_in_the_past(tmp_path: Path) -> None:
    before = RunNumbers(tmp_path / "r", SimulatedClock())
    last = [before.next(GATE) for _ in range(1500)][-1]
    assert RunNumbers(tmp_path / "r", SimulatedClock(utc_ns=0)).next(GATE) > last


def test_without_its_file_the_clock_keeps_numbers_from_going_back(tmp_path: Path) -> None:
    clock = SimulatedClock()
    last = RunNumbers(tmp_path / "r", clock).next(GATE)
    (tmp_path / "r").write_text("nonsense")
    clock.step_utc(10 * NS)
    assert RunNumbers(tmp_path / "r", clock).next(GATE) > last


def test_a_disk_that_refuses_does_not_stop_the_camera(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    runs = RunNumbers(tmp_path / "file" / "r", SimulatedClock())
    assert runs.next(GATE) < runs.next(GATE)


def test_a_kept_file_is_for_this_user_alone(tmp_path: Path) -> None:
    replace_file(tmp_path / "x", b"1")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600
