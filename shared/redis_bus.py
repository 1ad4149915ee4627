"""The bus over the Redis protocol (Redis, Valkey): the one file that knows redis-py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.errors import BadInput, BusUnavailable
from shared.redact import redact

CALL_TIMEOUT_S = 2.0
"""The longest any call takes, connecting included."""
_TRY_TIMEOUT_S = 1.0
# One round trip, so that a count can never be left without its time to live.
_INCREMENT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
"""
_DECREMENT = """
local count = redis.call('GET', KEYS[1])
if count and tonumber(count) > 0 then redis.call('DECR', KEYS[1]) end
"""


@asynccontextmanager
async def _answered(within_s: float = CALL_TIMEOUT_S) -> AsyncIterator[None]:
    """One bound over redis-py's own waits, which add up: connect, sign in, health check, command, retry."""
    try:
        async with asyncio.timeout(within_s):
            yield
    except (RedisError, OSError, TimeoutError) as error:
        reason = redact(str(error)) or f"nothing within {within_s:g} s"
        raise BusUnavailable(f"Redis does not answer: {reason}") from error


class RedisBus:
    """See `shared.bus.Bus`. Connects with the first call and again after each loss."""

    def __init__(self, url: str) -> None:
        # Retried once: a connection that Redis closed meanwhile, by a restart, is only found out by using it.
        self._redis = _client(url, retries=1)

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        async with _answered():
            await self._redis.set(key, value, px=_milliseconds(ttl_s))

    async def get(self, key: str) -> bytes | None:
        async with _answered():
            value = await self._redis.get(key)
        return value if isinstance(value, bytes) else None

    async def delete(self, key: str) -> None:
        async with _answered():
            await self._redis.delete(key)

    async def increment(self, key: str, ttl_s: float) -> int:
        async with _answered():
            count = await self._redis.eval(_INCREMENT, 1, key, _milliseconds(ttl_s))
        return int(count)

    async def decrement(self, key: str) -> None:
        async with _answered():
            await self._redis.eval(_DECREMENT, 1, key)

    async def ping(self) -> None:
        async with _answered():
            await self._redis.ping()

    async def close(self) -> None:
        await self._redis.aclose()


def _client(url: str, *, retries: int) -> Redis:
    try:
        return Redis.from_url(
            url,
            socket_timeout=_TRY_TIMEOUT_S,
            socket_connect_timeout=_TRY_TIMEOUT_S,
            retry=Retry(NoBackoff(), retries),
            health_check_interval=0,
        )
    except ValueError:
        # Neither quoted nor chained: urllib's message has a piece of a password with '/' or ':' in it.
        raise BadInput(
            "BEFFROI_REDIS_URL is wrong: it is not of the form redis://:password@host:port/0 "
            "(percent-encode the password)"
        ) from None


def _milliseconds(ttl_s: float) -> int:
    return max(1, int(ttl_s * 1000))
