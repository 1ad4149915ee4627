"""The bad network of the tests does what its links say."""

import asyncio
from itertools import pairwise
from random import Random

import pytest

from tests.support.eventually import eventually
from tests.support.relay import Link, Path, relay, through


def fates(link: Link, count: int = 2000, size: int = 1000, every_s: float = 0.001) -> list[float | None]:
    """How long each of `count` datagrams takes, None where it is lost."""
    path = Path(link, Random(7))
    due = [(path.due_s(size, number * every_s), number * every_s) for number in range(count)]
    return [None if at_s is None else at_s - given_s for at_s, given_s in due]


def test_a_perfect_link_takes_no_time() -> None:
    assert set(fates(Link())) == {0.0}


def test_a_share_is_lost() -> None:
    lost = fates(Link(loss=0.05)).count(None)
    assert 60 < lost < 140


def test_delay_and_jitter_bound_the_time_and_keep_the_order() -> None:
    path = Path(Link(delay_ms=60, jitter_ms=30), Random(7))
    due = [path.due_s(1000, number * 0.001) for number in range(2000)]
    out = [at_s for at_s in due if at_s is not None]
    assert out == sorted(out)
    took = [at_s - number * 0.001 for number, at_s in enumerate(out)]
    assert min(took) >= 0.06
    assert 0.085 < max(took) <= 0.0901


def test_some_are_overtaken() -> None:
    path = Path(Link(delay_ms=5, reordered=0.01), Random(7))
    out = [path.due_s(1000, number * 0.001) or 0.0 for number in range(2000)]
    behind = sum(later < earlier for earlier, later in pairwise(out))
    assert 0 < behind <= path.passed.reordered < 50


def test_a_rate_holds_back_and_a_full_queue_drops_the_tail() -> None:
    # 1000 datagrams of 1028 bytes a second are 8.2 Mb/s: twice what the link takes.
    path = Path(Link(rate_bps=4_112_000, queue_bytes=20_000), Random(7))
    due = [path.due_s(1000, number * 0.001) for number in range(2000)]
    passed = [at_s for at_s in due if at_s is not None]
    assert 950 < len(passed) < 1100
    assert path.passed.overflowed == 2000 - len(passed)
    assert max(at_s - 0.001 * number for number, at_s in enumerate(due) if at_s is not None) < 0.045


async def test_each_party_has_an_address_of_its_own_and_another_after_a_change_of_network() -> None:
    loop = asyncio.get_running_loop()
    seen: list[tuple[bytes, tuple[str, int]]] = []
    heard: list[bytes] = []

    class Server(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            seen.append((data, addr))
            server.sendto(b"answer to " + data, addr)

    class Party(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            heard.append(data)

    server, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    async with relay(server.get_extra_info("sockname")) as between:
        parties = [
            (await loop.create_datagram_endpoint(Party, remote_addr=between.address))[0] for _ in range(2)
        ]
        for number, party in enumerate(parties):
            party.sendto(b"%d" % number)
        await eventually(lambda: len(heard) == 2)
        await between.rebind()
        parties[0].sendto(b"again")
        await eventually(lambda: len(heard) == 3)
        between.cut()
        parties[0].sendto(b"nothing")
        await eventually(lambda: between.cut_off == 1)
        between.cut(off=False)
        parties[0].sendto(b"last")
        await eventually(lambda: len(heard) == 4)
        for party in parties:
            party.close()
    server.close()
    assert sorted(heard) == [b"answer to 0", b"answer to 1", b"answer to again", b"answer to last"]
    assert len({addr for _, addr in seen}) == 3


@pytest.mark.parametrize("answer", ["a=candidate:1 1 udp 2130706431 127.0.0.1 8081 typ host\r\n"])
def test_an_answer_is_led_through_the_relay(answer: str) -> None:
    led = through(answer, ("127.0.0.1", 8081), ("127.0.0.1", 9000))
    assert led == "a=candidate:1 1 udp 2130706431 127.0.0.1 9000 typ host\r\n"
