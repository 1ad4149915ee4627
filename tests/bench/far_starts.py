"""Many starts behind a bad network, in simulated time: what protocols and losses cost, without any machine.

The handshake is real; the browser repeats and asks again as Chromium does (`tests.support.far_browser`).
"""

import statistics
from collections.abc import Sequence

from tests.bench.figures import percentile
from tests.bench.tables import Cell, Table
from tests.integration.mux.network import as_stream
from tests.support.mux_stream import street
from tests.support.relay import Link
from tests.unit.mux.fakes import STREAM
from tests.unit.mux.far import FarWorld, lossy, start

STARTS = 1000
LOSSES = (0.0, 0.02, 0.05)
_AIM_MS = 500
_SETTLE_S = 3.0
# So that starts come at all places of a group.
_BETWEEN_S = 0.013


def _row(loss: float, starts: int) -> list[Cell]:
    far = FarWorld(as_stream(street(50, 100), STREAM))
    far.come(Link(), Link())
    far.events.run_for(_SETTLE_S)
    first_ms, said_thrice = [], 0
    for number in range(starts):
        took_ms, repeated = start(far, *lossy(loss))
        first_ms.append(took_ms)
        said_thrice += took_ms >= _AIM_MS and repeated > 1
        far.events.run_for(_BETWEEN_S * (number % 7))
    late = sum(one >= _AIM_MS for one in first_ms)
    return [
        f"{100 * loss:.0f} % loss",
        starts,
        statistics.median(first_ms),
        *(percentile(first_ms, share) for share in (95, 99)),
        max(first_ms),
        late,
        said_thrice,
    ]


def run(losses: Sequence[float] = LOSSES, starts: int = STARTS) -> Table:
    """A row for each loss."""
    return Table(
        "far-starts",
        "Starts behind a bad network, in simulated time",
        [
            "network",
            "starts",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "max ms",
            f"{_AIM_MS} ms or more",
            "of these by the browser",
        ],
        [_row(loss, starts) for loss in losses],
        {"max ms": f"{_AIM_MS}"},
        "60 ms of round trip, up to 30 ms of jitter, 1 % reordered; from the first connectivity check until "
        "all packets of the first key picture are there. Of the handshake the browser says one thing that "
        "mux has to wait for. It says it again after two round trips, then after four, whatever mux does: a "
        "start that loses it twice is over half a second by the browser.",
    )
