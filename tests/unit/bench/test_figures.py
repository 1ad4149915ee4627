"""The benches' statistics."""

import pytest

from tests.bench.arrival import worst_gap_ms
from tests.bench.figures import fit, fit_plane, percentile
from tests.bench.glass import delays_ms
from tests.bench.strip_page import Painted, certain


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], 50) == 3.0
    assert percentile([float(value) for value in range(1, 21)], 95) == 19.0
    assert percentile([7.0], 95) == 7.0


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_points_of_a_line_give_that_line() -> None:
    line = fit([1.0, 2.0, 5.0], [5.0, 7.0, 13.0])
    assert (line.slope, line.offset, line.r_squared) == pytest.approx((2.0, 3.0, 1.0))
    assert line.at(10.0) == pytest.approx(23.0)


def test_points_off_the_line_lower_r_squared() -> None:
    assert fit([0.0, 1.0, 2.0], [0.0, 3.0, 0.0]).r_squared == pytest.approx(0.0)


def test_points_of_one_x_have_no_line() -> None:
    with pytest.raises(ValueError, match="two points"):
        fit([2.0, 2.0], [1.0, 3.0])


def test_points_of_a_plane_give_that_plane() -> None:
    xs, ys = [0.0, 1.0, 0.0, 4.0, 2.0], [0.0, 0.0, 1.0, 2.0, 7.0]
    plane = fit_plane(xs, ys, [3 + 2 * x - 5 * y for x, y in zip(xs, ys, strict=True)])
    assert (plane.first, plane.second, plane.offset, plane.r_squared) == pytest.approx((2.0, -5.0, 3.0, 1.0))
    assert plane.at(10.0, 1.0) == pytest.approx(18.0)


def test_points_off_the_plane_lower_r_squared() -> None:
    assert fit_plane([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0], [1.0, -1.0, -1.0, 1.0]).r_squared < 0.1


def test_points_on_a_line_have_no_plane() -> None:
    with pytest.raises(ValueError, match="three points"):
        fit_plane([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [1.0, 2.0, 4.0])


def test_a_gap_counts_from_the_start_and_to_the_end_too() -> None:
    assert worst_gap_ms([12_000_000, 14_000_000], 0, 20_000_000) == pytest.approx(12.0)
    assert worst_gap_ms([], 0, 20_000_000) == pytest.approx(20.0)


def test_a_strip_read_too_early_is_left_to_the_picture_it_belongs_to() -> None:
    early, right, last = Painted(0.0, 10.0, 5), Painted(0.0, 50.0, 5), Painted(0.0, 90.0, 6)
    illegible = Painted(0.0, 130.0, None)
    assert certain([early, right, last, illegible]) == [right, last]
    assert delays_ms([early, right], 100.0) == [145.0]
