"""Every bus keeps the same promises: the one in memory, and Redis on a real server."""

import time

import pytest

from shared.bus import Bus
from shared.errors import BadInput, BusUnavailable
from shared.redis_bus import RedisBus
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.support.valkey import PASSWORD, Valkey

FAST_S = 4.0


async def test_a_value_is_found_again(bus: Bus) -> None:
    await bus.put("key", b"\x00value\xff", 60)
    assert await bus.get("key") == b"\x00value\xff"


async def test_a_later_value_takes_the_place_of_the_one_before(bus: Bus) -> None:
    await bus.put("key", b"one", 60)
    await bus.put("key", b"two", 60)
    assert await bus.get("key") == b"two"


async def test_a_value_is_gone_when_its_time_is_over(bus: Bus) -> None:
    await bus.put("key", b"value", 0.05)

    async def gone() -> bool:
        return await bus.get("key") is None

    await eventually(gone, within_s=2, what="the end of the value")


async def test_a_deleted_value_is_gone(bus: Bus) -> None:
    await bus.put("key", b"value", 60)
    await bus.delete("key")
    assert await bus.get("key") is None


async def test_deleting_what_is_not_there_is_no_error(bus: Bus) -> None:
    await bus.delete("unknown")


async def test_a_bus_that_answers_pings(bus: Bus) -> None:
    await bus.ping()


@pytest.mark.parametrize("call", ["ping", "get", "put", "increment", "decrement", "delete"])
async def test_a_call_fails_at_once_while_redis_is_not_there(call: str) -> None:
    redis = RedisBus(f"redis://127.0.0.1:{free_port()}/0")
    started = time.monotonic()
    with pytest.raises(BusUnavailable):
        await _called(redis, call)
    assert time.monotonic() - started < FAST_S
    await redis.close()


async def _called(bus: Bus, call: str) -> None:
    match call:
        case "ping":
            await bus.ping()
        case "get":
            await bus.get("key")
        case "put":
            await bus.put("key", b"value", 60)
        case "increment":
            await bus.increment("key", 60)
        case "decrement":
            await bus.decrement("key")
        case _:
            await bus.delete("key")


async def test_calls_work_again_once_redis_has_come_back(valkey: Valkey, redis: RedisBus) -> None:
    await redis.ping()
    await valkey.stop()
    with pytest.raises(BusUnavailable):
        await redis.ping()
    await valkey.start()
    await redis.put("key", b"value", 60)
    assert await redis.get("key") == b"value"


async def test_a_restart_between_two_calls_is_not_noticed(valkey: Valkey, redis: RedisBus) -> None:
    await redis.ping()
    await valkey.stop()
    await valkey.start()
    await redis.ping()


async def test_a_call_to_a_redis_that_hangs_fails_within_seconds(valkey: Valkey, redis: RedisBus) -> None:
    await redis.ping()
    with valkey.frozen():
        started = time.monotonic()
        with pytest.raises(BusUnavailable):
            await redis.get("key")
        assert time.monotonic() - started < FAST_S


async def test_answers_are_not_mixed_up_after_a_hang(valkey: Valkey, redis: RedisBus) -> None:
    await redis.put("one", b"1", 60)
    await redis.put("two", b"2", 60)
    with valkey.frozen(), pytest.raises(BusUnavailable):
        await redis.get("one")
    assert await redis.get("two") == b"2"


async def test_a_wrong_password_is_an_unavailable_bus(valkey: Valkey) -> None:
    redis = RedisBus(f"redis://:wrong-one@127.0.0.1:{valkey.port}/0")
    with pytest.raises(BusUnavailable):
        await redis.ping()
    await redis.close()


async def test_no_error_of_the_bus_says_the_password(valkey: Valkey, redis: RedisBus) -> None:
    await valkey.stop()
    with pytest.raises(BusUnavailable) as failure:
        await redis.ping()
    assert PASSWORD not in failure.value.detail


@pytest.mark.parametrize("url", ["http://host/0", "redis://:pa/ss:w@host:6379/0", "", "host:6379"])
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="BEFFROI_REDIS_URL"):
        RedisBus(url)


def test_a_password_that_broke_its_address_is_not_told() -> None:
    with pytest.raises(BadInput) as failure:
        RedisBus("redis://:pa/ss:w@host:6379/0")
    assert "pa" not in failure.value.detail.replace("password", "")
