"""Queues let out in turn."""

from mux.fanout.pacer import ROUND_PACKETS, STEP_PACKETS, STEP_S, Pacer
from mux.fanout.token_bucket import NEAR, Pace, TokenBucket
from tests.unit.mux.fakes import Timers


class Waiting:
    def __init__(self, pacer: Pacer, packets: int, bucket: TokenBucket | None = None, least: int = 1) -> None:
        """`least` are the tokens without which it sends nothing."""
        self.pacer = pacer
        self.bucket = bucket or TokenBucket(NEAR)
        self.least = least
        self.packets = packets
        self.turns: list[int] = []

    def pump(self, most: int, now_ns: int) -> int:
        self.bucket.refill(now_ns)
        sent = min(most, self.packets) if self.bucket.allows(self.least) else 0
        self.bucket.spend(sent)
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


def test_who_finds_no_tokens_is_the_first_to_get_some() -> None:
    timers = Timers()
    pacer = Pacer(timers.later, lambda: timers.passed_ns)
    bucket = TokenBucket(Pace(STEP_PACKETS * 250, STEP_PACKETS))
    queues = [Waiting(pacer, 10 * STEP_PACKETS, bucket, STEP_PACKETS) for _ in range(3)]
    for queue in queues:
        pacer.add(queue)
    for _ in range(6):
        timers.run()
    assert [sum(turn > 0 for turn in queue.turns) for queue in queues] == [2, 2, 2]


def test_who_needs_few_tokens_does_not_pass_by_who_needs_many() -> None:
    timers = Timers()
    pacer = Pacer(timers.later, lambda: timers.passed_ns)
    bucket = TokenBucket(Pace(2500, 40))
    bucket.refill(0)
    bucket.spend(40)
    large, small = Waiting(pacer, 100, bucket, least=30), Waiting(pacer, 100, bucket, least=5)
    for queue in (large, small):
        pacer.add(queue)
    for _ in range(3):
        timers.run()
    assert (sum(large.turns), sum(small.turns)) == (STEP_PACKETS, 0)


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


def test_whom_a_full_round_did_not_reach_waits_for_no_whole_step() -> None:
    timers = Timers()
    pacer = Pacer(timers.later, lambda: timers.passed_ns)
    queues = [Waiting(pacer, STEP_PACKETS) for _ in range(300)]
    for queue in queues:
        pacer.add(queue)
    timers.run_all()
    assert all(queue.turns == [STEP_PACKETS] for queue in queues)
    rounds = -(-300 * STEP_PACKETS // ROUND_PACKETS)
    assert timers.passed_ns < (1 + rounds / 4) * STEP_S * 1e9
