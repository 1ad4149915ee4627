"""Slows guessing of passwords down, and keeps nobody out: a wait of seconds, and none for known browsers."""

from dataclasses import dataclass

from control_room.identity.devices import Device
from control_room.model.names import token_hash
from shared.bus import Bus
from shared.clock import Clock
from shared.errors import TooManyRequests
from shared.reasons import why

_WINDOW_S = 900
_LONGEST_S = 8
# Seconds within which somebody who has waited may come back.
_KEPT_S = 120
_SECOND_NS = 1_000_000_000
_SLOWLY = why("sign-in-slowly", "too many tries to sign in: wait a little")


@dataclass(frozen=True, slots=True)
class _Limit:
    """`free` tries in 15 minutes cost nothing; each one more doubles the wait, from 2 to 8 s."""

    name: str
    free: int

    def wait_s(self, count: int) -> int:
        return 0 if count <= self.free else min(_LONGEST_S, 2 ** min(16, count - self.free))


_LOGIN = _Limit("login", 5)
# A shift of sixty may sign in at one address at once, some of them with a slip, hence its higher limit.
_CLIENT = _Limit("client", 80)
_DEVICE = _Limit("device", 10)


class Throttle:
    """Counts the tries to sign in, each before its password is looked at: tries sent at once gain nothing.

    A browser that has signed in to a login before has a count of its own: guesses of other people do not slow
    it, even where they share its network address. All other browsers wait 8 s at most for each try at a login
    that somebody guesses at. Each address waits for itself, so that no stream of guesses takes a person's
    turn.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    async def admit(self, login: str, client: str, device: Device | None = None) -> None:
        """Let one try pass, or raise TooManyRequests with the seconds to wait."""
        if device is not None:
            await self._in_turn(_DEVICE, device.id, device.id)
            return
        # In this order: somebody who waits for a login takes no turn of their address.
        await self._in_turn(_LOGIN, login, f"{login} {client}")
        await self._in_turn(_CLIENT, client, client)

    async def succeeded(self, login: str, client: str, device: Device | None = None) -> None:
        """Forget the tries of a login whose person got in, and of their address the one try that this was.

        What other people got wrong at that address stays counted: an account of one's own is no help in
        guessing.
        """
        if device is not None:
            await self._bus.delete(_key(_DEVICE, "tries", device.id))
            return
        await self._bus.delete(_key(_LOGIN, "tries", login))
        await self._bus.decrement(_key(_CLIENT, "tries", client))

    async def _in_turn(self, limit: _Limit, counted: str, waiter: str) -> None:
        """Count a try of `counted`; where that is too many, `waiter` passes once its wait is over."""
        until = _key(limit, "until", waiter)
        kept = await self._bus.get(until)
        if kept is not None:
            await self._keep_turn(limit, until, int(kept), waiter)
            return
        wait_s = limit.wait_s(await self._bus.increment(_key(limit, "tries", counted), _WINDOW_S))
        if wait_s > 0:
            until_ns = self._clock.utc_ns() + wait_s * _SECOND_NS
            await self._bus.put(until, str(until_ns).encode(), wait_s + _KEPT_S)
            raise TooManyRequests(_SLOWLY, wait_s)

    async def _keep_turn(self, limit: _Limit, until: str, until_ns: int, waiter: str) -> None:
        left_s = -(-(until_ns - self._clock.utc_ns()) // _SECOND_NS)
        if left_s > 0:
            raise TooManyRequests(_SLOWLY, left_s)
        # Of tries that come at once when the wait is over, one passes.
        if await self._bus.increment(_key(limit, "turn", f"{waiter} {until_ns}"), _KEPT_S) > 1:
            raise TooManyRequests(_SLOWLY, 1)
        await self._bus.delete(until)


def _key(limit: _Limit, what: str, subject: str) -> str:
    return f"beffroi:throttle:{limit.name}:{what}:{token_hash(subject)[:32]}"
