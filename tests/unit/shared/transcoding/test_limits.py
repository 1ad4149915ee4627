"""A child's command line."""

import pytest

from shared.transcoding.limits import Limits


@pytest.mark.parametrize("limits", [Limits(), Limits(640, 50, 4000, every=True)])
def test_a_child_reads_the_limits_that_it_is_started_with(limits: Limits) -> None:
    assert Limits.parse(limits.arguments()) == limits
