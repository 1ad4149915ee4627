"""Decides when the worker may log in to a camera.

Each camera is logged in to seldom, few cameras are at once, and a recorder of many channels is spared.
Cameras lock accounts that fail, recorders fall over when all their channels are asked at once, and a whole
site that comes back after a power cut comes back in one second.
"""

import asyncio
from collections import OrderedDict
from random import Random
from typing import TypeVar
from urllib.parse import urlsplit

from ingest.ports import CameraAddress, Opener, Refused, Source, SourceError
from shared import metrics
from shared.clock import Clock
from shared.reasons import Reason

SPACING_S = 15.0
"""From one login to a stream of a camera, whatever became of it, to the next."""

HOST_SPACING_S = 0.1
"""Between two connections to one host: 300 channels of one recorder are back within 30 s."""

HOLD_S = 2.0
"""A login counts as under way no longer than this: what is dead must not keep back the living."""

_REMEMBERED = 4096

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Account = tuple[str, str, str]


class LoginGate:
    """An Opener that lets another one open cameras at a bearable pace, `at_once` logins under way at most.

    An account that a host has refused is not tried there again before SPACING_S, by whichever stream: the
    others are told what the first was told.
    """

    def __init__(
        self, opener: Opener, clock: Clock, random: Random, *, at_once: int, spacing_s: float = SPACING_S
    ) -> None:
        if at_once < 1:
            raise ValueError("no camera could ever be opened")
        self._opener, self._clock, self._random = opener, clock, random
        self._spacing_s = spacing_s
        self._places = asyncio.Semaphore(at_once)
        self._attempts: OrderedDict[CameraAddress, int] = OrderedDict()
        self._hosts: OrderedDict[str, int] = OrderedDict()
        self._refusals: OrderedDict[_Account, tuple[int, Reason]] = OrderedDict()
        self._under_way = metrics.gauge("ingest_logins_under_way", "Logins to cameras under way")
        self._waiting = metrics.gauge("ingest_logins_waiting", "Logins to cameras waiting for their turn")

    async def open(self, address: CameraAddress) -> Source:
        """Open the camera in its turn. Raises SourceError."""
        host = _host(address)
        with self._waiting.track_inprogress():
            await self._own_turn(address)
            await self._host_turn(host)
            await self._places.acquire()
        place = _Place(self._places)
        leaving = asyncio.get_running_loop().create_task(self._leave_in_time(place))
        try:
            with self._under_way.track_inprogress():
                return await self._opened(address, host)
        finally:
            leaving.cancel()
            place.leave()

    async def _opened(self, address: CameraAddress, host: str) -> Source:
        account = (host, address.username, address.password)
        self._check_account(account)
        reached = True
        try:
            source = await self._opener.open(address)
        except Refused as error:
            if address.username or address.password:
                _note(self._refusals, account, (self._clock.monotonic_ns(), error.reason))
            raise
        except SourceError as error:
            # What the camera cannot know of may be tried again as soon as it is there.
            reached = error.reached
            raise
        finally:
            # From its end on: only then has the camera certainly seen it.
            if reached:
                _note(self._attempts, address, self._clock.monotonic_ns())
        self._refusals.pop(account, None)
        return source

    async def _own_turn(self, address: CameraAddress) -> None:
        last_ns = self._attempts.get(address)
        if last_ns is None:
            return
        waited_s = (self._clock.monotonic_ns() - last_ns) / 1e9
        if waited_s < self._spacing_s:
            await self._clock.sleep(self._spacing_s * (1 + 0.1 * self._random.random()) - waited_s)

    async def _host_turn(self, host: str) -> None:
        now_ns = self._clock.monotonic_ns()
        due_ns = max(now_ns, self._hosts.get(host, 0))
        _note(self._hosts, host, due_ns + int(HOST_SPACING_S * 1e9))
        if due_ns > now_ns:
            await self._clock.sleep((due_ns - now_ns) / 1e9)

    def _check_account(self, account: _Account) -> None:
        refusal = self._refusals.get(account)
        if refusal is not None and (self._clock.monotonic_ns() - refusal[0]) / 1e9 < self._spacing_s:
            raise Refused(refusal[1])

    async def _leave_in_time(self, place: "_Place") -> None:
        await self._clock.sleep(HOLD_S)
        place.leave()


class _Place:
    """One of the places of those under way, left once."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places: asyncio.Semaphore | None = places

    def leave(self) -> None:
        places, self._places = self._places, None
        if places is not None:
            places.release()


def _note(table: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Put it at the end of the table, and forget the oldest where there are too many."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > _REMEMBERED:
        table.popitem(last=False)


def _host(address: CameraAddress) -> str:
    return urlsplit(address.url).netloc.lower()
