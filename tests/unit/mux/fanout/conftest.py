"""A stream with some viewers."""

import pytest

from tests.unit.mux.fakes import RecordingTransport
from tests.unit.mux.fanout.in_step import VIEWERS, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig(RecordingTransport(), [("192.0.2.1", 1000 + number) for number in range(VIEWERS)])
