"""How many transcoders there may be."""

import pytest

from shared.errors import Unavailable
from tests.unit.mux.streams.transcoder.children import Rig


async def test_beyond_the_bound_a_stream_is_refused_in_a_sentence_until_one_has_ended(rig: Rig) -> None:
    first = await rig.open()
    with pytest.raises(Unavailable, match="already transcodes 1 stream"):
        await rig.open()
    rig.transcoders.end(first)
    assert rig.child.killed
    await rig.open()
    assert len(rig.transcoders) == 1


async def test_a_server_may_be_set_to_transcode_nothing() -> None:
    rig = Rig(most=0)
    with pytest.raises(Unavailable, match="set not to"):
        await rig.open()
