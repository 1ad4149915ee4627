"""What viewers say is read at once where somebody needs it, and together where nobody does."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from mux.transport.stun import Address
from mux.transport.udp_reader import ATTENTIVE_NS, MANY, REST_S, UdpReader
from shared.clock import SystemClock
from tests.support.eventually import eventually

SECOND_NS = 1_000_000_000


class Skipping(SystemClock):
    """The machine's clock, which can be put forward."""

    def __init__(self) -> None:
        self.skipped_ns = 0

    def monotonic_ns(self) -> int:
        return super().monotonic_ns() + self.skipped_ns


class Heard:
    """A socket that is listened to, and one that says something to it."""

    def __init__(self) -> None:
        self.clock = Skipping()
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setblocking(False)
        self.udp.bind(("127.0.0.1", 0))
        self.viewer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.viewer.connect(self.udp.getsockname())
        self.came: list[tuple[bytes, Address, int]] = []
        self.needed: Callable[[], None] = lambda: None
        self.reader = UdpReader(self.udp, self.take, self.clock)

    def take(self, datagram: bytes, source: Address, waited_ns: int) -> None:
        self.came.append((datagram, source, waited_ns))
        self.needed()

    def say(self, count: int = 1) -> None:
        for number in range(count):
            self.viewer.send(bytes((number & 0xFF,)))

    async def hear(self, count: int) -> None:
        await eventually(lambda: len(self.came) == count, what=f"{count} datagrams")

    async def calm_down(self, count: int) -> None:
        """So many datagrams come in a second; then nobody has needed anything for long."""
        self.say(count)
        await self.hear(count)
        self.clock.skipped_ns += ATTENTIVE_NS
        self.reader._since_ns = self.clock.monotonic_ns() - SECOND_NS
        self.say()
        await self.hear(count + 1)
        self.came.clear()

    def close(self) -> None:
        self.reader.close()
        self.udp.close()
        self.viewer.close()


@pytest.fixture
async def heard() -> AsyncIterator[Heard]:
    made = Heard()
    yield made
    made.close()


async def test_at_first_all_is_read_at_once(heard: Heard) -> None:
    heard.say(3)
    await heard.hear(3)
    assert heard.came == [(bytes((number,)), heard.viewer.getsockname(), 0) for number in range(3)]


async def test_many_who_need_nothing_are_read_together_and_told_how_long_they_waited(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    assert heard.reader.rests
    heard.say(3)
    assert heard.came == []
    await heard.hear(3)
    assert all(0 < waited_ns <= 2 * REST_S * 1e9 for _, _, waited_ns in heard.came)


async def test_few_are_read_at_once_for_good(heard: Heard) -> None:
    await heard.calm_down(MANY // 2)
    assert not heard.reader.rests


async def test_who_is_needed_soon_ends_the_rest(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    heard.reader.attend()
    assert not heard.reader.rests
    heard.say()
    await heard.hear(1)
    assert heard.came[0][2] == 0


async def test_somebody_s_need_during_the_rest_s_own_reading_ends_it(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    heard.needed = heard.reader.attend
    heard.say(2)
    await heard.hear(2)
    assert not heard.reader.rests
    heard.say()
    await heard.hear(3)


async def test_a_datagram_that_fails_does_not_make_a_rest_deaf(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    died: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: died.append(told.get("exception")))

    def fail() -> None:
        heard.needed = lambda: None
        raise RuntimeError("a fault in who takes it")

    heard.needed = fail
    heard.say(3)
    await heard.hear(3)
    assert [str(error) for error in died] == ["a fault in who takes it"]
    assert heard.reader.rests


async def test_nobody_rests_while_somebody_has_needed_something_lately(heard: Heard) -> None:
    heard.say(2 * MANY)
    await heard.hear(2 * MANY)
    heard.reader._since_ns -= SECOND_NS
    heard.say()
    await heard.hear(2 * MANY + 1)
    assert not heard.reader.rests


async def test_a_look_reads_before_the_rest_is_over(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    heard.clock.skipped_ns += SECOND_NS // 100
    heard.say(2)
    heard.reader.look_soon()
    heard.reader.look_soon()
    assert heard.came == []
    await asyncio.sleep(0)
    assert len(heard.came) == 2


async def test_more_than_fit_one_reading_are_all_read(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    heard.say(100)
    await heard.hear(100)


async def test_when_they_become_few_they_are_read_at_once_again(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    heard.clock.skipped_ns += SECOND_NS
    await eventually(lambda: not heard.reader.rests, what="the end of the rest")


async def test_what_is_closed_while_it_rests_reads_nothing_more(heard: Heard) -> None:
    await heard.calm_down(2 * MANY)
    rest = heard.reader._rest
    assert rest is not None
    heard.reader.close()
    assert rest.cancelled()
    assert not heard.reader.rests
