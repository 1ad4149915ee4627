"""How mux feeds a transcoder, with a child that does what the test says."""

from dataclasses import replace

from mux.streams.transcoder.transcoder import CATCH_UP_NS, HUNG_NS, LATE_NS
from shared.errors import BadInput
from shared.tap import Gap
from shared.transcoding.framing import KeyWanted, Ready, Settled
from shared.units import Codec
from tests.support.pictures import STREAM
from tests.unit.mux.streams.transcoder.children import UNITS, Rig


async def test_a_child_is_given_the_group_of_now_once_it_is_ready_then_each_unit(rig: Rig) -> None:
    transcoder = await rig.open()
    for unit in UNITS[:14]:
        transcoder.take(unit)
    assert rig.child.sent == []
    await rig.says(Ready())
    assert rig.child.units == list(UNITS[12:14])
    transcoder.take(UNITS[14])
    assert rig.child.units == list(UNITS[12:15])


async def test_a_child_that_was_ready_before_any_unit_begins_at_a_key_unit(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    for unit in UNITS[10:14]:
        transcoder.take(unit)
    assert rig.child.units == list(UNITS[12:14])


async def test_a_late_child_is_given_nothing_before_a_key_unit_that_finds_it_done(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    transcoder.take(UNITS[0])
    transcoder.take(UNITS[1])
    await rig.clock.advance(LATE_NS / 1e9 + 0.01)
    transcoder.take(UNITS[2])
    await rig.says(Settled(1), Settled())
    for unit in UNITS[3:14]:
        transcoder.take(unit)
    assert [unit.seq for unit in rig.child.units] == [0, 1, 12, 13]
    assert (rig.counts.transcode_dropped, rig.counts.transcode_skipped) == (10, 1)


async def test_the_group_a_child_begins_with_may_take_longer(rig: Rig) -> None:
    transcoder = await rig.open()
    transcoder.take(UNITS[0])
    await rig.says(Ready())
    await rig.clock.advance(CATCH_UP_NS / 1e9 - 0.01)
    transcoder.take(UNITS[1])
    assert len(rig.child.units) == 2
    await rig.clock.advance(0.02)
    transcoder.take(UNITS[2])
    assert len(rig.child.units) == 2


async def test_a_child_never_has_more_than_its_bytes_under_way(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    large = replace(UNITS[0], data=bytes(4 << 20))
    for seq in range(40):
        transcoder.take(replace(large, seq=seq))
    assert sum(len(unit.data) for unit in rig.child.units) <= 20 << 20
    assert rig.counts.transcode_dropped == 40 - len(rig.child.units)


async def test_a_child_that_hangs_is_killed_and_replaced(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    transcoder.take(UNITS[0])
    await rig.clock.advance(HUNG_NS / 1e9 + 0.1)
    transcoder.take(UNITS[1])
    await rig.clock.advance(0)
    assert rig.children[0].killed
    assert rig.got == [Gap(STREAM, 0)]
    assert "does not answer" in str(transcoder.trouble)
    await rig.clock.advance(1)
    assert len(rig.children) == 2


async def test_a_child_that_dies_again_and_again_is_started_ever_more_rarely(rig: Rig) -> None:
    transcoder = await rig.open()
    for _ in range(40):
        await rig.says(None)
        await rig.clock.advance(1)
    assert 4 <= len(rig.children) <= 9
    assert "exit code 0" in str(transcoder.trouble)


async def test_a_child_that_cannot_be_started_is_told(rig: Rig) -> None:
    rig.startable = False
    transcoder = await rig.open()
    assert "no such program" in str(transcoder.trouble)
    rig.startable = True
    await rig.clock.advance(1)
    assert transcoder.pid == 100


async def test_a_child_that_talks_nonsense_is_replaced(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(BadInput("nonsense"))
    assert rig.child.killed
    assert "nonsense" in str(transcoder.trouble)
    await rig.clock.advance(1)
    assert len(rig.children) == 2


async def test_pictures_and_trouble_are_passed_on(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    transcoder.take(UNITS[0])
    made = replace(UNITS[0], codec=Codec.H264)
    await rig.says(made, Settled(0, "the camera's h265 cannot be decoded"))
    assert rig.got == [made]
    assert str(transcoder.trouble) == "the camera's h265 cannot be decoded"
    assert rig.counts.transcoded == 1


async def test_a_key_picture_is_asked_for_once_until_one_has_come(rig: Rig) -> None:
    transcoder = await rig.open()
    transcoder.key_picture_wanted()
    await rig.says(Ready())
    for _ in range(3):
        transcoder.key_picture_wanted()
    assert rig.child.sent == [KeyWanted()]
    await rig.says(replace(UNITS[1], codec=Codec.H264, key=False))
    transcoder.key_picture_wanted()
    assert rig.child.sent == [KeyWanted()]
    await rig.says(replace(UNITS[0], codec=Codec.H264))
    transcoder.key_picture_wanted()
    assert rig.child.sent == [KeyWanted()] * 2


async def test_nothing_comes_to_the_sink_after_the_end(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    rig.transcoders.end(transcoder)
    await rig.says(replace(UNITS[0], codec=Codec.H264))
    await rig.transcoders.close()
    assert rig.got == []
    assert transcoder.task.done()
