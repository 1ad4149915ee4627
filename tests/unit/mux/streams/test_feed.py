"""What a tile gets of a stream."""

import pytest

from mux.sessions.viewer import End
from shared.errors import Unsupported
from shared.units import Codec
from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import World


def test_a_stream_that_is_not_h264_ends_its_viewers_and_the_next_is_told_why() -> None:
    world = World()
    world.watch()
    world.tap.give(unit(0, key=True, codec=Codec.H265))
    assert world.ended == [End.UNSUPPORTED]
    with pytest.raises(Unsupported, match="h265"):
        world.admit()
