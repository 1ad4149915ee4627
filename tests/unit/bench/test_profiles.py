"""The tables of `make profile`."""

from collections import Counter

import pytest

from tests.bench.profiles import Account, by_function, by_kind
from tests.bench.stacks import Spent

_SENT = Spent("Pump.send", "shared/tap/pump.py", "ZeroMQ")
_READ = Spent("Receiver.packet", "ingest/rtsp/receiver.py", "own Python")
_TOLD = Account("python", {"python": 3.0, "ZMQbg/IO/0": 1.0}, wake_ups=50.0)


def test_kinds_share_what_python_s_threads_take_and_libraries_threads_stand_beside_them() -> None:
    table = by_kind("ingest", 10, Counter({_SENT: 1, _READ: 2}), _TOLD)
    shares = {row[0]: row[1:] for row in table.rows}
    assert shares["own Python"] == pytest.approx([50.0, 0.2])
    assert shares["ZeroMQ"] == pytest.approx([25.0, 0.1])
    assert shares["threads ZMQbg/IO/0"] == pytest.approx([25.0, 0.1])
    assert "5 wake-ups a second and camera" in table.note


def test_functions_come_by_what_they_take_and_only_the_first_of_them() -> None:
    table = by_function("ingest", Counter({_SENT: 1, _READ: 3}), top=1)
    assert [list(row) for row in table.rows] == [[_READ.function, _READ.place, _READ.kind, 75.0]]
