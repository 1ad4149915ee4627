"""The bus over the Redis protocol (Redis, Valkey): the one file that knows redis-py."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.errors import BadInput, BusUnavailable
from shared.redact import redact

CALL_TIMEOUT_S = 2.0
"""The longest any call takes, connecting included."""
_TRY_TIMEOUT_S = 1.0
SILENCE_S = 2.0
"""How long a listener hears nothing before it asks whether Redis is still there."""
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
        # Not retried: it would subscribe again in silence, and what was published in between would be lost.
        self._listening = _client(url, retries=0)

    async def publish(self, channel: str, body: bytes) -> None:
        async with _answered():
            await self._redis.publish(channel, body)

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        pubsub = self._listening.pubsub()
        try:
            async with _answered():
                await pubsub.subscribe(channel)
                # Once Redis has said so, nothing published is missed.
                while (told := await _next(pubsub, CALL_TIMEOUT_S)) is None or told[0] != "subscribe":
                    pass
            async with aclosing(self._messages(pubsub)) as messages:
                yield messages
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped

    @staticmethod
    async def _messages(pubsub: PubSub) -> AsyncGenerator[bytes, None]:
        asked = False
        while True:
            async with _answered(SILENCE_S + CALL_TIMEOUT_S):
                told = await _next(pubsub, SILENCE_S)
                if told is None:
                    if asked:
                        raise TimeoutError
                    await pubsub.ping()
            asked = told is None
            if told is not None and told[0] == "message":
                yield told[1]

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
        await self._listening.aclose()


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


async def _next(pubsub: PubSub, timeout_s: float) -> tuple[str, bytes] | None:
    """The next thing Redis says, as (type, data), or None when it says nothing for `timeout_s`."""
    message = await pubsub.get_message(timeout=timeout_s)
    if message is None:
        return None
    data = message["data"]
    return str(message["type"]), data if isinstance(data, bytes) else b""
