"""Passwords: Argon2id (RFC 9106), off the event loop, few at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import BadInput, Unavailable
from shared.reasons import why

T = TypeVar("T")

MIN_CHARS = 12
_WORKERS = 2
_MAX_WAITING = 128


class Passwords:
    """Hashes and checks passwords. At most 128 calls wait; the next one raises Unavailable, so that those who
    sign in cannot fill the memory.

    People whose browser is `known` have a thread and a queue of their own: no number of strangers keeps them
    waiting. `demo` allows short passwords and cheap hashes.
    """

    def __init__(self, *, demo: bool = False) -> None:
        self._min_chars = 1 if demo else MIN_CHARS
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8192) if demo else PasswordHasher()
        self._pools = {
            False: ThreadPoolExecutor(_WORKERS, thread_name_prefix="argon2"),
            True: ThreadPoolExecutor(1, thread_name_prefix="argon2 known"),
        }
        self._waiting = {False: 0, True: 0}
        # Checked against when the login is unknown, so that it takes as long as a wrong password.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str, login: str = "") -> str:
        """What to keep of a password. Raises BadInput when it is too weak."""
        if len(password) < self._min_chars:
            raise BadInput(
                why(
                    "password-short",
                    "the password must have at least {least} characters",
                    least=self._min_chars,
                ),
                "password",
            )
        if self._min_chars > 1 and password.strip().lower() == login.lower():
            raise BadInput(why("password-is-login", "the password must not be the login"), "password")
        return await self._off_loop(partial(self._hasher.hash, password))

    async def matches(self, kept: str | None, password: str, *, known: bool = False) -> bool:
        """Whether `password` is the one kept; None (nobody of that login) takes as long and is never it."""
        right = await self._off_loop(partial(self._verify, kept or self._nobody, password), known=known)
        return right and kept is not None

    async def close(self) -> None:
        """Stop the threads."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _off_loop(self, work: Callable[[], T], *, known: bool = False) -> T:
        if self._waiting[known] >= _MAX_WAITING:
            raise Unavailable(
                why("sign-ins-at-once", "too many people are signing in at once: try again in a moment")
            )
        self._waiting[known] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pools[known], work)
        finally:
            self._waiting[known] -= 1
