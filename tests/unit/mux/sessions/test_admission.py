"""What a viewer is let in with."""

from tests.unit.mux.whep.test_walls import ONE
from tests.unit.mux.worlds import World


def test_every_source_of_a_wall_is_another() -> None:
    visitor = World().admit_wall(ONE, tiles=64)
    sources = [one for its in visitor.sources.values() for one in (its.primary, its.repair)]
    assert (len(set(sources)), None in sources) == (128, False)
