"""Slows guessing of passwords down: a growing wait for each login and each network address."""

from dataclasses import dataclass

from control_room.names import token_hash
from shared.bus import Bus
from shared.clock import Clock
from shared.errors import TooManyRequests
from shared.reasons import why

_WINDOW_S = 900
_LONGEST_S = 300
_SLOWLY = why("sign-in-slowly", "too many tries to sign in: wait a little")


@dataclass(frozen=True, slots=True)
class _Limit:
    """`free` tries in 15 minutes cost nothing; each one more doubles the wait, from 1 s."""

    name: str
    free: int


# Many people may share one address, hence its higher limit.
_LOGIN = _Limit("login", 5)
_CLIENT = _Limit("client", 30)


class Throttle:
    """Counts before the password is looked at, so that tries sent at once gain nothing.

    Every call raises BusUnavailable when the bus does not answer: then nobody signs in.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    async def admit(self, login: str, client: str) -> None:
        """Let one try pass, or raise TooManyRequests with the seconds to wait."""
        subjects = ((_LOGIN, login), (_CLIENT, client))
        waits_s = [await self._left_s(limit, subject) for limit, subject in subjects]
        if max(waits_s) > 0:
            raise TooManyRequests(_SLOWLY, max(waits_s))
        for limit, subject in subjects:
            count = await self._bus.increment(_key(limit, "tries", subject), _WINDOW_S)
            if count >= limit.free:
                wait_s = min(_LONGEST_S, 2 ** min(16, count - limit.free))
                # Of tries that come at once, the first takes the slot and the others wait for the next.
                if await self._bus.increment(_key(limit, "slot", subject), wait_s) > 1:
                    raise TooManyRequests(_SLOWLY, wait_s)
                until_ns = self._clock.utc_ns() + wait_s * 1_000_000_000
                await self._bus.put(_key(limit, "until", subject), str(until_ns).encode(), wait_s)

    async def succeeded(self, login: str, client: str) -> None:
        """Forget the tries of a login whose person got in, and the one of the address that this was.

        What others got wrong at that address stays counted: to have an account helps nobody to guess.
        """
        await self._bus.delete(_key(_LOGIN, "tries", login))
        await self._bus.delete(_key(_LOGIN, "until", login))
        await self._bus.delete(_key(_LOGIN, "slot", login))
        await self._bus.decrement(_key(_CLIENT, "tries", client))

    async def _left_s(self, limit: _Limit, subject: str) -> int:
        kept = await self._bus.get(_key(limit, "until", subject))
        if kept is None:
            return 0
        return max(0, -(-(int(kept) - self._clock.utc_ns()) // 1_000_000_000))


def _key(limit: _Limit, what: str, subject: str) -> str:
    return f"beffroi:throttle:{limit.name}:{what}:{token_hash(subject)[:32]}"
