"""The table of what a camera costs before anybody watches."""

import pytest

from tests.bench.camera_cost import AIMS, PULLED, RECORDED, WATCHED, Cost, Floors, table


def _cost(cameras: int, stage: str, *, ingest: float, reader: float = 0.0) -> Cost:
    return Cost(cameras, stage, ingest, reader, 0.0, Floors(python=0.25, uvloop=0.1))


def test_all_processes_of_a_stage_count_together_against_each_floor() -> None:
    found = table([_cost(20, RECORDED, ingest=0.5, reader=0.25)])
    assert found.column("all") == [pytest.approx(0.75)]
    assert found.column("x Python's loop") == [pytest.approx(3.0)]
    assert found.column("x uvloop") == [pytest.approx(7.5)]
    assert found.column("all % core") == [pytest.approx(15.0)]
    assert found.column("aim x Python's loop") == [AIMS[RECORDED]]


def test_rows_stand_stage_by_stage_whichever_number_of_cameras_was_measured_first() -> None:
    costs = [_cost(count, stage, ingest=0.1) for count in (20, 50) for stage in (WATCHED, PULLED)]
    rows = [(row[0], row[1]) for row in table(costs).rows]
    assert rows == [(20, PULLED), (50, PULLED), (20, WATCHED), (50, WATCHED)]


def test_the_line_through_the_numbers_of_cameras_is_told_for_each_stage_that_has_two() -> None:
    costs = [_cost(10, PULLED, ingest=0.5), _cost(20, PULLED, ingest=0.4), _cost(20, RECORDED, ingest=1.0)]
    note = table(costs).note
    assert "Least squares, pulled: 2.00 % + 0.300 % a camera" in note
    assert RECORDED + ":" not in note
