"""Many at once: handshakes and requests wait for turns, in bounded numbers."""

import asyncio

import pytest

from mux.counts import Counts
from mux.sessions.handshakes import AGAIN_S, DATAGRAMS_PER_TURN, MOST_OF_ONE, MOST_WAITING, Handshakes
from mux.sessions.viewer import Viewer
from mux.transport.stun import Address
from mux.whep.turnstile import Receive, Send, Turnstile
from shared.door import Message
from tests.unit.mux.fakes import Timers, unit
from tests.unit.mux.worlds import World

SOURCE: Address = ("192.0.2.9", 5000)


class Waiting:
    """Handshakes that are kept instead of made."""

    def __init__(self) -> None:
        self.timers = Timers()
        self.counts = Counts()
        self.taken: list[bytes | None] = []
        self.again = Timers()
        self.said: list[tuple[Viewer, list[bytes]]] = []
        self.fails = False
        self.handshakes = Handshakes(
            lambda call: self.timers.later(0.001, call),
            self.again.later,
            self._take,
            lambda viewer, datagrams: self.said.append((viewer, datagrams)),
            self.counts,
        )
        world = World(most_viewers=MOST_WAITING)
        self.viewers = [world.viewer(world.admit().id) for _ in range(MOST_WAITING // MOST_OF_ONE + 1)]

    def begin(self) -> tuple[Viewer, list[bytes]]:
        """Let the first viewer be greeted; what that says."""
        viewer = self.viewers[0]
        self.handshakes.greet(viewer, SOURCE)
        self.timers.run_all()
        return viewer, viewer.unanswered

    def _take(self, viewer: Viewer, datagram: bytes | None, source: Address) -> None:
        self.taken.append(datagram)
        if datagram is None:
            viewer.greet(0)
        if self.fails:
            raise ValueError(datagram)


def test_a_turn_takes_a_few_datagrams_in_their_order() -> None:
    waiting = Waiting()
    for number in range(5):
        waiting.handshakes.put(waiting.viewers[number], bytes([number]), SOURCE)
    waiting.timers.run()
    assert waiting.taken == [bytes([number]) for number in range(DATAGRAMS_PER_TURN)]
    waiting.timers.run_all()
    assert (len(waiting.taken), len(waiting.handshakes)) == (5, 0)


def test_one_viewer_may_not_fill_the_queue() -> None:
    waiting = Waiting()
    for _ in range(MOST_OF_ONE + 3):
        waiting.handshakes.put(waiting.viewers[0], b"x", SOURCE)
    assert (len(waiting.handshakes), waiting.counts.handshakes_put_off) == (MOST_OF_ONE, 3)


def test_the_queue_is_bounded_and_what_does_not_fit_is_counted() -> None:
    waiting = Waiting()
    for viewer in waiting.viewers:
        for _ in range(MOST_OF_ONE):
            waiting.handshakes.put(viewer, b"x", SOURCE)
    assert (len(waiting.handshakes), waiting.counts.handshakes_put_off) == (MOST_WAITING, MOST_OF_ONE)


def test_a_handshake_that_fails_does_not_stop_those_behind_it() -> None:
    waiting = Waiting()
    waiting.fails = True
    for number in range(3):
        waiting.handshakes.put(waiting.viewers[number], bytes([number]), SOURCE)
    for _ in range(3):
        with pytest.raises(ValueError, match=r".*"):
            waiting.timers.run()
    assert len(waiting.taken) == 3


def test_what_nobody_answers_is_said_again_some_times_and_no_more() -> None:
    waiting = Waiting()
    viewer, greeting = waiting.begin()
    assert greeting
    waiting.again.run_all()
    assert waiting.said == [(viewer, greeting)] * len(AGAIN_S)
    assert waiting.counts.handshakes_repeated == len(AGAIN_S)
    waiting.handshakes.greet(viewer, SOURCE)
    assert not len(waiting.handshakes)


def test_first_words_wait_once_however_often_a_browser_checks() -> None:
    waiting = Waiting()
    for _ in range(3):
        waiting.handshakes.greet(waiting.viewers[0], SOURCE)
    assert len(waiting.handshakes) == 1


def test_nothing_is_said_again_while_the_answer_may_wait_for_its_turn() -> None:
    waiting = Waiting()
    viewer, _ = waiting.begin()
    waiting.handshakes.put(viewer, b"answer", SOURCE)
    waiting.again.run_all()
    assert waiting.said == []


def test_pictures_go_out_between_the_handshakes_of_many() -> None:
    world = World(most_viewers=50)
    running = world.watch()
    world.tap.give(unit(0, key=True))
    world.patient = True
    for number in range(20):
        arriving = world.admit(source=("192.0.2.10", 6000 + number))
        arriving.check()
        arriving.shake_hands()
    before = len(running.media())
    for number in range(1, 6):
        world.timers.run()
        world.tap.give(unit(number))
    assert len(running.media()) == before + 5
    # Ten of twenty at most have been greeted in five turns.
    answered = {to for one, to in world.transport.sent if 20 <= one[0] < 64 and to[0] == "192.0.2.10"}
    assert 0 < len(answered) <= 5 * DATAGRAMS_PER_TURN


def test_a_viewer_that_ended_while_its_datagram_waited_is_not_answered() -> None:
    world = World()
    world.patient = True
    arriving = world.admit()
    arriving.check()
    arriving.shake_hands()
    world.registry.leave(arriving.id)
    sent = len(world.transport.sent)
    world.timers.run_all()
    assert len(world.transport.sent) == sent


class Inner:
    """An application that says when it was asked, and answers when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers = asyncio.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.asked += 1
        await self.answers.wait()


async def _receive() -> Message:
    return {"type": "http.request", "body": b""}


class Sent:
    """What is sent to one asker."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)


async def test_one_request_a_turn_enters() -> None:
    inner = Inner()
    turnstile = Turnstile(inner)
    tasks = [asyncio.create_task(turnstile({"type": "http"}, _receive, Sent())) for _ in range(20)]
    entered = []
    while inner.asked < 20:
        before = inner.asked
        await asyncio.sleep(0)
        entered.append(inner.asked - before)
    assert max(entered) == 1
    inner.answers.set()
    await asyncio.gather(*tasks)


async def test_with_too_many_before_it_a_request_is_refused_at_once() -> None:
    inner = Inner()
    turnstile = Turnstile(inner, most_waiting=3)
    askers = [Sent() for _ in range(8)]
    tasks = [asyncio.create_task(turnstile({"type": "http"}, _receive, one)) for one in askers]
    await asyncio.sleep(0)
    assert (len(turnstile), turnstile.refused) == (3, 4)
    assert [one.messages[0]["status"] for one in askers if one.messages] == [429] * 4
    inner.answers.set()
    await asyncio.gather(*tasks)
    assert inner.asked == 4


async def test_who_hangs_up_while_waiting_takes_no_turn() -> None:
    inner = Inner()
    inner.answers.set()
    turnstile = Turnstile(inner)
    tasks = [asyncio.create_task(turnstile({"type": "http"}, _receive, Sent())) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks[1:4]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert inner.asked == 2
