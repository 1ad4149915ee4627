"""How long a shift that changes takes to sign in: sixty-one people at once, at one address, real passwords.

`python -m tests.bench.shift_cost` prints a table. The floor checks as many passwords, two at a time as the
service does, and does nothing else: a password is made to be slow to check.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from argon2 import PasswordHasher

from tests.bench.figures import percentile
from tests.bench.tables import Table
from tests.integration.control_room.running import PASSWORD, ControlRoom, running
from tests.support.valkey import Valkey

PEOPLE = 61
AIM_S = 5.0
_AT_ONCE = 2
_PATIENCE_S = 120


def _floor_s(count: int) -> float:
    hasher = PasswordHasher()
    kept = hasher.hash(PASSWORD)
    started = time.perf_counter()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda _: hasher.verify(kept, PASSWORD), range(count)))
    return time.perf_counter() - started


async def _engage(room: ControlRoom, logins: Sequence[str]) -> None:
    async with room.browser() as admin:
        answer = await room.sign_in(admin)
        admin.cookies.clear()
        admin.headers["cookie"] = _cookies(answer)
        for login in logins:
            person = {"login": login, "name": login, "kind": "operator", "password": PASSWORD}
            (await admin.post("/people", json=person)).raise_for_status()


def _cookies(answer: httpx.Response) -> str:
    """What a browser behind HTTPS would send: the service marks its cookies as for HTTPS only."""
    return "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie"))


async def _signed_in(room: ControlRoom, browsers: httpx.AsyncClient, login: str) -> tuple[int, float]:
    started = time.perf_counter()
    answer = await room.sign_in(browsers, login)
    return answer.status_code, time.perf_counter() - started


async def _measure(folder: Path) -> Table:
    logins = [f"agent{number}" for number in range(PEOPLE)]
    valkey = Valkey(folder)
    await valkey.start()
    try:
        async with running(folder, valkey.url, demo="false") as room:
            await _engage(room, logins)
            async with room.browser() as browsers:
                browsers.timeout = httpx.Timeout(_PATIENCE_S)
                found = await asyncio.gather(*(_signed_in(room, browsers, login) for login in logins))
    finally:
        await valkey.stop()
    floor_s = await asyncio.to_thread(_floor_s, PEOPLE)
    took_s = sorted(s for _, s in found)
    refused = sum(status != httpx.codes.OK for status, _ in found)
    return Table(
        "shift",
        "A shift signs in: people at once at one address, browsers that nobody knows",
        ["people", "refused", "p50 s", "last s", "floor s", "last x floor"],
        [[PEOPLE, refused, percentile(took_s, 50), took_s[-1], floor_s, took_s[-1] / floor_s]],
        {"refused": "0", "last s": str(AIM_S)},
        "Floor: as many checks of a password by Argon2id, two at a time, and nothing else, right after.",
    )


def run() -> Table:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


if __name__ == "__main__":
    print(run().text())
