"""A process that stood still records nothing until it knows what it holds, and loses nothing by asking."""

from dataclasses import replace

from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.tap.reassembly import Gap
from shared.units import AccessUnit
from storage.recording import gate as gates
from storage.recording.gate import FROZEN_NS, Gate
from tests.support.pictures import STREAM
from tests.unit.storage.workshop import units

OTHER = StreamId("59350", "cam-other")
S = 1_000_000_000


class Scene:
    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.woken = 0
        self.gate = Gate(self.clock, self._wake)
        self.given: list[tuple[StreamId, AccessUnit | Gap]] = []

    def _wake(self) -> None:
        self.woken += 1

    def give(self, *items: AccessUnit, stream: StreamId = STREAM) -> None:
        def keep(item: AccessUnit | Gap) -> None:
            self.given.append((stream, item))

        take = self.gate.before(stream, keep)
        for item in items:
            take(item)

    def freezes(self) -> None:
        self.clock.pass_unseen(FROZEN_NS / S + 1)


def test_while_the_loop_comes_round_units_go_straight_through() -> None:
    scene = Scene()
    for unit in units(5):
        scene.clock.pass_unseen(2)
        scene.gate.beat()
        scene.give(unit)
    assert ([unit for _, unit in scene.given], scene.woken) == (units(5), 0)


def test_behind_a_freeze_units_wait_for_the_answer_and_only_those_of_what_is_held_are_recorded() -> None:
    scene = Scene()
    scene.give(units(1)[0])
    scene.freezes()
    scene.give(*units(3))
    scene.give(*units(2), stream=OTHER)
    assert (len(scene.given), scene.woken, scene.gate.is_shut) == (1, 1, True)
    assert scene.gate.waiting_bytes == sum(len(unit.data) for unit in [*units(3), *units(2)])
    # An answer to what was asked before the freeze says nothing.
    scene.gate.answered(scene.clock.monotonic_ns() - 1, lambda _: True)
    assert (len(scene.given), scene.gate.is_shut) == (1, True)
    scene.gate.answered(scene.clock.monotonic_ns(), lambda stream: stream == STREAM)
    assert scene.given[1:] == [(STREAM, unit) for unit in units(3)]
    scene.give(*units(1))
    assert (len(scene.given), scene.gate.waiting_bytes, scene.gate.is_shut) == (5, 0, False)


def test_a_freeze_is_found_by_whoever_comes_first_the_loop_or_a_unit() -> None:
    scene = Scene()
    scene.freezes()
    scene.gate.beat()
    assert (scene.woken, scene.gate.is_shut) == (1, True)
    scene.give(*units(1))
    assert scene.given == []


def test_what_finds_no_room_while_it_waits_is_recorded_in_order_rather_than_lost() -> None:
    scene = Scene()
    scene.freezes()
    big = [replace(unit, data=bytes(gates.MOST_BYTES // 2 + 1)) for unit in units(3)]
    scene.give(*big)
    assert scene.given == [(STREAM, unit) for unit in big]
    assert scene.gate.waiting_bytes == 0
