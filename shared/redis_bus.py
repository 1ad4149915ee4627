"""The bus over the Redis protocol (Redis, Valkey): the one file that knows redis-py."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.errors import BadInput, BusUnavailable
from shared.redact import redact

_TIMEOUT_S = 2.0
# One round trip, so that a count can never be left without its time to live.
_INCREMENT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
"""


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise BusUnavailable(
            f"Redis does not answer: {redact(str(error)) or type(error).__name__}"
        ) from error


class RedisBus:
    """See `shared.bus.Bus`. Connects with the first call and again after each loss."""

    def __init__(self, url: str) -> None:
        try:
            self._redis = Redis.from_url(
                url,
                socket_timeout=_TIMEOUT_S,
                socket_connect_timeout=_TIMEOUT_S,
                retry=Retry(NoBackoff(), 1),
                health_check_interval=5,
            )
        except ValueError as error:
            raise BadInput(f"BEFFROI_REDIS_URL is wrong: {redact(str(error))}") from error

    async def publish(self, channel: str, body: bytes) -> None:
        with _mapped():
            await self._redis.publish(channel, body)

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        try:
            with _mapped():
                await pubsub.subscribe(channel)
                # The answer to SUBSCRIBE is read here: from then on nothing published is missed.
                await pubsub.get_message(timeout=_TIMEOUT_S)
            yield self._messages(pubsub)
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped

    @staticmethod
    async def _messages(pubsub: PubSub) -> AsyncIterator[bytes]:
        while True:
            with _mapped():
                message = await pubsub.get_message(timeout=_TIMEOUT_S / 2)
            if message is not None and isinstance(message["data"], bytes):
                yield message["data"]

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        with _mapped():
            await self._redis.set(key, value, px=max(1, int(ttl_s * 1000)))

    async def get(self, key: str) -> bytes | None:
        with _mapped():
            value = await self._redis.get(key)
        return value if isinstance(value, bytes) else None

    async def delete(self, key: str) -> None:
        with _mapped():
            await self._redis.delete(key)

    async def increment(self, key: str, ttl_s: float) -> int:
        with _mapped():
            count = await self._redis.eval(_INCREMENT, 1, key, max(1, int(ttl_s * 1000)))
        return int(count)

    async def ping(self) -> None:
        with _mapped():
            await self._redis.ping()

    async def close(self) -> None:
        await self._redis.aclose()
