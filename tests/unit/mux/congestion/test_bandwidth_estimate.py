"""What a downlink takes, told from what its viewer reports."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.congestion.bandwidth_estimate import (
    LONGEST_CALM_NS,
    UNLIMITED_BPS,
    BandwidthEstimate,
    Sample,
    sampled,
)

SECOND_NS = 1_000_000_000
MAIN_BPS, SUB_BPS = 2_000_000.0, 300_000.0

samples = st.builds(
    Sample,
    at_ns=st.just(0),
    sent_bps=st.floats(0, 50e6),
    packets=st.integers(0, 5000),
    loss=st.none() | st.floats(0, 1),
    rtt_ms=st.none() | st.floats(0, 5000),
    available_bps=st.none() | st.floats(0, 50e6),
)


def at(second: int, sent_bps: float, loss: float = 0.0, rtt_ms: float = 30.0) -> Sample:
    return Sample(second * SECOND_NS, sent_bps, int(sent_bps / 10_000), loss, rtt_ms, None)


def small_link(limit_bps: Callable[[int], float], seconds: int) -> list[BandwidthEstimate]:
    """A viewer of a link with this limit, sent main where that seems to fit and sub where not."""
    found = [BandwidthEstimate()]
    for second in range(seconds):
        capacity = found[-1].capacity_bps
        sent = MAIN_BPS if capacity is None or capacity >= MAIN_BPS else SUB_BPS
        loss = max(0.0, 1 - limit_bps(second) / sent)
        found.append(sampled(found[-1], at(second, sent, loss)))
    return found


@given(st.lists(samples, max_size=60))
def test_a_capacity_is_unknown_or_within_reason(history: list[Sample]) -> None:
    estimate = BandwidthEstimate()
    for second, sample in enumerate(history):
        made = Sample(
            second * SECOND_NS,
            sample.sent_bps,
            sample.packets,
            sample.loss,
            sample.rtt_ms,
            sample.available_bps,
        )
        estimate = sampled(estimate, made)
        assert estimate.capacity_bps is None or 0 < estimate.capacity_bps <= 50e6
        assert estimate.calm_ns <= LONGEST_CALM_NS


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.05])
def test_a_link_that_loses_a_little_is_not_too_small(loss: float) -> None:
    estimate = BandwidthEstimate()
    for second in range(60):
        estimate = sampled(estimate, at(second, MAIN_BPS, loss))
    assert estimate.capacity_bps is None


def test_a_link_that_takes_half_is_known_from_one_report_and_held_below_it() -> None:
    capacity = sampled(BandwidthEstimate(), at(0, MAIN_BPS, 0.5)).capacity_bps
    assert capacity is not None
    assert 0.7e6 < capacity < 1e6


def test_one_report_of_some_loss_is_not_believed_and_two_are() -> None:
    once = sampled(BandwidthEstimate(), at(0, MAIN_BPS, 0.15))
    assert once.capacity_bps is None
    assert sampled(once, at(1, MAIN_BPS, 0.15)).capacity_bps is not None
    assert sampled(sampled(once, at(1, MAIN_BPS)), at(2, MAIN_BPS, 0.15)).capacity_bps is None


def test_a_buffer_that_fills_up_tells_before_anything_is_lost() -> None:
    estimate = sampled(BandwidthEstimate(), at(0, MAIN_BPS))
    for second in (1, 2, 3, 4):
        estimate = sampled(
            estimate, Sample(second * SECOND_NS, MAIN_BPS, 200, 0.0, 400.0 * second, 1_200_000)
        )
    assert estimate.capacity_bps is not None
    assert estimate.capacity_bps < 1_500_000


def test_an_estimate_alone_is_not_believed() -> None:
    estimate = BandwidthEstimate()
    for second in range(20):
        estimate = sampled(estimate, Sample(second * SECOND_NS, MAIN_BPS, 200, 0.0, 30.0, 300_000))
    assert estimate.capacity_bps is None


def test_a_limit_that_is_lifted_is_forgotten_step_by_step() -> None:
    found = small_link(lambda second: 1e6 if second < 5 else 100e6, 60)
    back = next(n for n, one in enumerate(found) if n > 5 and (one.capacity_bps or 0) >= 1.2 * MAIN_BPS)
    assert back < 20
    assert found[-1].capacity_bps is None


def test_a_link_that_stays_too_small_is_tried_less_and_less_often() -> None:
    found = small_link(lambda _: 1e6, 600)
    tried = [n for n, one in enumerate(found) if (one.capacity_bps or 0) >= MAIN_BPS]
    assert 2 <= len(tried) <= 16
    assert max(later - earlier for earlier, later in pairwise(tried)) >= 120


def test_what_was_lost_just_before_a_limit_counts_once() -> None:
    estimate = sampled(BandwidthEstimate(), at(0, MAIN_BPS, 0.5))
    assert sampled(estimate, at(1, SUB_BPS * 4, 0.5)).capacity_bps == estimate.capacity_bps


def test_an_unlimited_link_has_no_capacity_to_grow() -> None:
    estimate = BandwidthEstimate(capacity_bps=UNLIMITED_BPS / 2)
    assert sampled(estimate, at(60, SUB_BPS)).capacity_bps is None
