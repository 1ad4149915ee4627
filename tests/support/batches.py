"""Units of tests as a batch."""

from collections.abc import Sequence
from itertools import accumulate

from shared.units import AccessUnit, UnitBatch


def batch_of(units: Sequence[AccessUnit]) -> UnitBatch:
    """Units that follow each other, none of them a key unit, of one kind."""
    first = units[0]
    assert not any(unit.key or unit.recovery for unit in units)
    return UnitBatch(
        first.stream,
        first.run,
        first.seq,
        first.codec,
        b"".join(unit.data for unit in units),
        list(accumulate(len(unit.data) for unit in units)),
        [unit.pts90 for unit in units],
        [unit.utc_ns for unit in units],
        first.utc_source,
        [unit.utc_uncertainty_ns for unit in units],
        first.reordered,
        first.camera_ahead_ns,
    )
