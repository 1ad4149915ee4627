"""An export waits for its time-stamp without holding up anything, and not for ever."""

import hashlib
from pathlib import Path

from shared.clock import SimulatedClock
from shared.evidence.timestamp import check
from storage.exports.stamps import ASKED, MOST_TRIES, TOKEN, Stamps
from tests.support.authority import Authority

MANIFEST = b"manifest"
SHA256 = hashlib.sha256(MANIFEST).hexdigest()
URL = "http://authority.example/tsa"


def stamps(folder: Path, authority: Authority, url: str = URL) -> Stamps:
    return Stamps(url, folder, authority.client(), SimulatedClock(0))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_token_comes_and_is_of_the_manifest(tmp_path: Path) -> None:
    authority = Authority()
    await stamps(tmp_path, authority).want("x-1", SHA256)
    assert await stamps(tmp_path, authority).run_once() == 1
    assert names(tmp_path) == [f"x-1{TOKEN}"]
    assert check((tmp_path / f"x-1{TOKEN}").read_bytes(), MANIFEST, authority.pem)


async def test_while_the_authority_is_away_it_is_asked_again_after_a_restart_too(tmp_path: Path) -> None:
    authority = Authority()
    authority.away = True
    await stamps(tmp_path, authority).want("x-1", SHA256)
    assert await stamps(tmp_path, authority).run_once() == 0
    assert names(tmp_path) == [f"x-1{ASKED}"]
    authority.away = False
    assert await stamps(tmp_path, authority).run_once() == 1


async def test_an_authority_that_stays_away_is_not_asked_for_ever(tmp_path: Path) -> None:
    authority = Authority()
    authority.away = True
    waiting = stamps(tmp_path, authority)
    await waiting.want("x-1", SHA256)
    for _ in range(MOST_TRIES + 5):
        await waiting.run_once()
    assert (authority.asked, names(tmp_path)) == (MOST_TRIES, [])


async def test_without_an_authority_nothing_is_asked(tmp_path: Path) -> None:
    authority = Authority()
    idle = stamps(tmp_path, authority, "")
    await idle.want("x-1", SHA256)
    assert (await idle.run_once(), authority.asked, names(tmp_path)) == (0, 0, [])


async def test_a_broken_request_is_let_go(tmp_path: Path) -> None:
    (tmp_path / f"x-1{ASKED}").write_bytes(b"{")
    assert await stamps(tmp_path, Authority()).run_once() == 0
    assert names(tmp_path) == []
