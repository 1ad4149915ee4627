"""What a tile shows of a stream that browsers cannot be sent as it is."""

from dataclasses import replace

from mux.streams.channel import Channel
from mux.streams.channels import KEPT_AFTER_LAST_S
from mux.streams.feed import Derived
from mux.whep.walls import Wish
from shared.errors import Unavailable
from shared.messages.live import Stale
from shared.tap import Gap
from shared.units import AccessUnit, Codec
from tests.unit.mux.fakes import unit
from tests.unit.mux.sessions.test_tile import MAIN, ONE, OTHER, TWO, arrange
from tests.unit.mux.worlds import World


class Deriving:
    """Derivations that hand on what they get as H.264; `most` at a time."""

    def __init__(self, world: list[World], most: int = 1) -> None:
        self.open: list[Handed] = []
        self._world = world
        self._most = most

    def __call__(self, source: Channel) -> Derived:
        if len(self.open) >= self._most:
            raise Unavailable("all transcoders are busy")
        world = self._world[0]
        channel = Channel(
            source.stream,
            world.transport,
            world.pacer,
            world.clock,
            world.counts,
            sent=lambda _: None,
            changed=lambda _: None,
        )
        made = Handed(self, channel)
        self.open.append(made)
        return made


class Handed:
    trouble = ""
    incomplete = False

    def __init__(self, deriving: Deriving, channel: Channel) -> None:
        self.channel = channel
        self._deriving = deriving

    def take(self, item: AccessUnit | Gap) -> None:
        self.channel.take(item if isinstance(item, Gap) else replace(item, codec=Codec.H264))

    def close(self) -> None:
        self._deriving.open.remove(self)


def deriving_world() -> tuple[World, Deriving]:
    worlds: list[World] = []
    deriving = Deriving(worlds)
    worlds.append(World(derive=deriving))
    return worlds[0], deriving


def test_a_stream_browsers_cannot_show_is_shown_by_what_is_derived_from_it() -> None:
    world, deriving = deriving_world()
    visitor = world.watch_wall(ONE)
    world.tap.give(unit(0, key=True, codec=Codec.MJPEG), unit(1, codec=Codec.MJPEG), stream=MAIN)
    assert len(visitor.packets("0")) == 4
    shown = world.walls.reported(visitor.id, {}).tiles[0]
    assert (shown.codec, shown.transcoded, shown.stale) == ("h264", True, None)
    assert len(deriving.open) == 1


async def test_one_derivation_serves_all_and_ends_some_time_after_the_last() -> None:
    world, deriving = deriving_world()
    visitors = [world.watch_wall(ONE, tiles=2) for _ in range(2)]
    world.tap.give(unit(0, key=True, codec=Codec.H265), stream=MAIN)
    assert len(deriving.open) == 1
    world.registry.leave(visitors[0].id)
    assert len(deriving.open) == 1
    world.registry.leave(visitors[1].id)
    await world.pass_time(KEPT_AFTER_LAST_S - 1)
    assert len(deriving.open) == 1
    await world.pass_time(1.1)
    assert deriving.open == []


async def test_who_comes_back_soon_finds_the_derivation_running_and_its_pictures_there() -> None:
    world, deriving = deriving_world()
    visitor = world.watch_wall(ONE)
    world.tap.give(unit(0, key=True, codec=Codec.MJPEG), stream=MAIN)
    (first,) = deriving.open
    world.registry.leave(visitor.id)
    await world.pass_time(KEPT_AFTER_LAST_S - 1)
    world.tap.give(unit(1, codec=Codec.MJPEG), stream=MAIN)
    again = world.watch_wall(ONE)
    assert len(again.packets("0")) == 4
    await world.pass_time(KEPT_AFTER_LAST_S + 1)
    assert deriving.open == [first]


def test_a_derivation_nobody_is_shown_makes_room_for_another() -> None:
    world, deriving = deriving_world()
    visitor = world.watch_wall(ONE)
    world.tap.give(unit(0, key=True, codec=Codec.MJPEG), stream=MAIN)
    world.registry.leave(visitor.id)
    other = world.watch_wall(TWO)
    world.tap.give(unit(0, key=True, codec=Codec.MJPEG, stream=OTHER), stream=OTHER)
    assert [one.channel.stream for one in deriving.open] == [OTHER]
    assert world.walls.reported(other.id, {}).tiles[0].stale is None


def test_a_derivation_that_is_refused_is_told_and_tried_again() -> None:
    world, deriving = deriving_world()
    visitor = world.watch_wall(ONE, TWO)
    world.tap.give(unit(0, key=True, codec=Codec.MJPEG), stream=MAIN)
    world.tap.give(unit(0, key=True, codec=Codec.MJPEG, stream=OTHER), stream=OTHER)
    refused = world.walls.reported(visitor.id, {}).tiles[1]
    assert (refused.stale, refused.reason) == (Stale.TRANSCODER, "all transcoders are busy")
    arrange(world, visitor, Wish("0", shows=True))
    world.channels.release_idle()
    assert len(visitor.packets("1")) == 3
    assert len(deriving.open) == 1


def test_pictures_out_of_order_are_derived_and_those_in_order_again_are_not() -> None:
    world, deriving = deriving_world()
    world.watch_wall(ONE)
    world.tap.give(replace(unit(0, key=True), reordered=True), stream=MAIN)
    assert len(deriving.open) == 1
    world.tap.give(unit(1, key=True), stream=MAIN)
    assert deriving.open == []
