"""Queues let out in turn."""

from mux.pacer import ROUND_PACKETS, STEP_PACKETS, Pacer
from tests.unit.mux.fakes import Timers


class Waiting:
    def __init__(self, pacer: Pacer, packets: int) -> None:
        self.pacer = pacer
        self.packets = packets
        self.turns: list[int] = []

    def pump(self, most: int, now_ns: int) -> int:
        sent = min(most, self.packets)
        self.packets -= sent
        self.turns.append(sent)
        if self.packets:
            self.pacer.add(self)
        return sent


def test_a_queue_is_let_out_step_by_step() -> None:
    timers = Timers()
    pacer = Pacer(timers.later, lambda: timers.passed_ns)
    queue = Waiting(pacer, 2 * STEP_PACKETS + 1)
    pacer.add(queue)
    timers.run_all()
    assert queue.turns == [STEP_PACKETS, STEP_PACKETS, 1]


def test_no_round_sends_more_than_its_share_and_nobody_is_left_out() -> None:
    timers = Timers()
    pacer = Pacer(timers.later, lambda: timers.passed_ns)
    queues = [Waiting(pacer, 3 * STEP_PACKETS) for _ in range(100)]
    for queue in queues:
        pacer.add(queue)
    before = sum(queue.packets for queue in queues)
    timers.run()
    assert before - sum(queue.packets for queue in queues) <= ROUND_PACKETS + STEP_PACKETS
    for _ in range(3):
        timers.run()
    assert all(queue.turns for queue in queues)


def test_who_left_is_not_asked_again() -> None:
    timers = Timers()
    pacer = Pacer(timers.later, lambda: timers.passed_ns)
    queue = Waiting(pacer, 100)
    pacer.add(queue)
    pacer.discard(queue)
    timers.run_all()
    assert queue.turns == []


def test_an_idle_pacer_sets_no_timer() -> None:
    timers = Timers()
    pacer = Pacer(timers.later, lambda: timers.passed_ns)
    pacer.add(Waiting(pacer, 1))
    timers.run_all()
    assert timers.waiting == []
