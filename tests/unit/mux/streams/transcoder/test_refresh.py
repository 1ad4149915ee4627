"""How long the pictures of a stream without key pictures are incomplete."""

from dataclasses import replace

from shared.transcoding.framing import Ready, Settled
from shared.units import Codec
from tests.unit.mux.streams.transcoder.children import UNITS, Rig


async def test_the_first_pictures_of_a_camera_without_key_pictures_are_told_as_incomplete(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    incomplete = []
    for seq in range(12):
        point = seq % 4 == 0
        # A unit is missing before the eighth, which is where it is joined again.
        unit = replace(UNITS[1], seq=seq + (seq >= 8), key=point, recovery=3 if point else 0)
        transcoder.take(unit)
        await rig.says(replace(unit, codec=Codec.H264), Settled())
        incomplete.append(transcoder.incomplete)
    assert incomplete == [True] * 3 + [False] * 5 + [True] * 3 + [False]
